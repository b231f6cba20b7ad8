// The product of a matrix. Knows nothing of how its combinations run.
#include "graph/matrix.h"

#include <algorithm>
#include <array>

#include "graph/error_codes.h"
#include "graph/item_keys.h"
#include "graph/read_values.h"

namespace corun {
namespace {

bool equal(const Value& a, const Value& b) { return to_json(a) == to_json(b); }

// Whether every field of `pattern` has the same value in `combination`.
bool matches(const Value& combination, const Value& pattern) {
  return std::all_of(pattern.fields.begin(), pattern.fields.end(), [&](const Field& field) {
    const Value* value = combination.find(field.name);
    return value != nullptr && equal(*value, field.value);
  });
}

void set_field(Value& map, const Field& field) {
  for (Field& own : map.fields) {
    if (own.name != field.name) continue;
    own.value = field.value;
    return;
  }
  map.fields.push_back(field);
}

// Adds an `include`: to every combination whose axes it doesn't contradict; else it is one of its own.
void include(std::vector<Value>& combinations, std::size_t product, const std::vector<std::string>& axes, const Value& extra) {
  bool used = false;
  for (std::size_t i = 0; i < product; ++i) {
    const bool fits = std::all_of(extra.fields.begin(), extra.fields.end(), [&](const Field& field) {
      if (std::find(axes.begin(), axes.end(), field.name) == axes.end()) return true;
      const Value* own = combinations[i].find(field.name);
      return own != nullptr && equal(*own, field.value);
    });
    if (!fits) continue;
    used = true;
    for (const Field& field : extra.fields) set_field(combinations[i], field);
  }
  if (!used) combinations.push_back(extra);
}

// Leaves out the combinations that one of `patterns` matches. One that matches none of them is a mistake.
void exclude(Reader& reader, const std::vector<NodeId>& nodes, const std::vector<Value>& patterns,
             std::vector<Value>& combinations) {
  std::vector<bool> excluded(combinations.size());
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    bool any = false;
    for (std::size_t k = 0; k < combinations.size(); ++k) {
      if (!matches(combinations[k], patterns[i])) continue;
      any = true;
      excluded[k] = true;
    }
    if (any) continue;
    reader.error(nodes[i], code::kIneffective, "`exclude` of " + reader.where() + " matches no combination",
                 "its values must be written as in the lists");
  }
  std::size_t index = 0;
  std::erase_if(combinations, [&](const Value&) { return excluded[index++]; });
}

/// A matrix being read, without its axes; what Scope::matrix is read into.
struct MatrixDraft {
  std::vector<Value> includes;
  std::vector<Value> excludes;
  std::vector<NodeId> exclude_nodes;
};

std::vector<Value> read_maps(Reader& reader, NodeId node, std::vector<NodeId>* nodes = nullptr) {
  std::vector<Value> maps;
  if (!reader.is_list(node)) {
    reader.wrong_type(node, "a list of maps");
    return maps;
  }
  for (const NodeId item : reader.items(node)) {
    if (!reader.is_map(item)) {
      reader.wrong_type(item, "a map");
    } else if (auto value = read_value(reader, item)) {
      maps.push_back(*std::move(value));
      if (nodes != nullptr) nodes->push_back(item);
    }
  }
  return maps;
}

void set_includes(Reader& reader, NodeId node, void* target) {
  static_cast<MatrixDraft*>(target)->includes = read_maps(reader, node);
}

void set_excludes(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<MatrixDraft*>(target);
  draft.excludes = read_maps(reader, node, &draft.exclude_nodes);
}

constexpr std::array kMatrixKeys{
    Key{.name = "include",
        .shapes = kListOfMaps,
        .accepts = "a list of maps",
        .description = "Adds values to the combinations they fit, or a combination of their own.",
        .example = "include: [{os: linux, extra: yes}]",
        .decode = set_includes},
    Key{.name = "exclude",
        .shapes = kListOfMaps,
        .accepts = "a list of maps",
        .description = "Leaves out the combinations that have these values.",
        .example = "exclude: [{os: mac, py: \"3.11\"}]",
        .decode = set_excludes},
};

// Multiplies `combinations` by one axis. False: reported.
bool multiply(Reader& reader, const Pair& axis, std::vector<Value>& combinations) {
  const Reader::Within within(reader, "", axis.name);
  if (!reader.is_list(axis.value)) {
    reader.wrong_type(axis.value, "a list of values");
    return false;
  }
  auto values = read_value(reader, axis.value);
  if (!values) return false;
  if (values->items.empty()) {
    reader.error(axis.value, code::kEmptyValue, reader.where() + " is empty");
    return false;
  }
  if (combinations.size() * values->items.size() > kMostCombinations) {
    reader.error(axis.value, code::kTooLarge, "a matrix of more than " + std::to_string(kMostCombinations) + " combinations");
    return false;
  }
  std::vector<Value> product;
  product.reserve(combinations.size() * values->items.size());
  for (const Value& combination : combinations) {
    for (const Value& value : values->items) {
      product.push_back(combination);
      product.back().fields.emplace_back(axis.name, value);
    }
  }
  combinations = std::move(product);
  return true;
}

// `os=linux,py=3.12`.
std::string name_of(const Value& combination) {
  std::string name;
  for (const Field& field : combination.fields) {
    if (!name.empty()) name += ',';
    const bool scalar = field.value.kind != Value::Kind::list && field.value.kind != Value::Kind::map;
    name += field.name + '=' + (scalar && field.value.kind != Value::Kind::null ? field.value.text.text : to_json(field.value));
  }
  return name;
}

}  // namespace

std::optional<ForeachSpec> read_matrix(Reader& reader, NodeId node) {
  if (!reader.is_map(node)) {
    reader.wrong_type(node, "a map of names to lists");
    return std::nullopt;
  }
  const std::size_t errors = reader.errors();
  std::vector<std::string> axes;
  std::vector<Value> combinations(1);
  combinations[0].kind = Value::Kind::map;
  MatrixDraft draft;
  for (const Pair& pair : reader.pairs(node)) {
    const auto* const key =
        std::find_if(kMatrixKeys.begin(), kMatrixKeys.end(), [&](const Key& row) { return row.name == pair.name; });
    if (key != kMatrixKeys.end()) {
      const Reader::Within within(reader, *key);
      key->decode(reader, pair.value, &draft);
      continue;
    }
    axes.emplace_back(pair.name);
    if (!multiply(reader, pair, combinations)) return std::nullopt;
  }
  if (axes.empty()) combinations.clear();
  exclude(reader, draft.exclude_nodes, draft.excludes, combinations);
  const std::size_t product = combinations.size();
  for (const Value& extra : draft.includes) include(combinations, product, axes, extra);
  if (reader.errors() != errors) return std::nullopt;
  if (combinations.empty()) {
    reader.error(node, code::kEmptyValue, reader.where() + " has no combination left", {}, "name at least one list of values");
    return std::nullopt;
  }
  ForeachSpec spec;
  spec.as = "matrix";
  spec.items.kind = Value::Kind::list;
  ItemKeys keys;
  for (Value& combination : combinations) {
    spec.keys.push_back(keys.next(name_of(combination)));
    spec.items.items.push_back(std::move(combination));
  }
  return spec;
}

std::span<const Key> matrix_keys() { return kMatrixKeys; }

}  // namespace corun
