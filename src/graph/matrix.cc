// The product of a matrix. Knows nothing of how its combinations run.
#include "graph/matrix.h"

#include <algorithm>

#include "graph/error_codes.h"
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

// The lists of `include` and `exclude`.
std::vector<Value> read_maps(Reader& reader, const Pair& pair) {
  const Reader::Within within(reader, "", pair.name);
  std::vector<Value> maps;
  if (!reader.is_list(pair.value)) {
    reader.wrong_type(pair.value, "a list of maps");
    return maps;
  }
  for (const NodeId item : reader.items(pair.value)) {
    if (!reader.is_map(item)) {
      reader.wrong_type(item, "a map");
    } else if (auto value = read_value(reader, item)) {
      maps.push_back(*std::move(value));
    }
  }
  return maps;
}

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
  std::vector<Value> includes;
  std::vector<Value> excludes;
  for (const Pair& pair : reader.pairs(node)) {
    if (pair.name == "include") {
      includes = read_maps(reader, pair);
    } else if (pair.name == "exclude") {
      excludes = read_maps(reader, pair);
    } else {
      axes.emplace_back(pair.name);
      if (!multiply(reader, pair, combinations)) return std::nullopt;
    }
  }
  if (axes.empty()) combinations.clear();
  std::erase_if(combinations, [&](const Value& combination) {
    return std::any_of(excludes.begin(), excludes.end(), [&](const Value& pattern) { return matches(combination, pattern); });
  });
  const std::size_t product = combinations.size();
  for (const Value& extra : includes) include(combinations, product, axes, extra);
  if (reader.errors() != errors) return std::nullopt;
  if (combinations.empty()) {
    reader.error(node, code::kEmptyValue, reader.where() + " has no combination left", {}, "name at least one list of values");
    return std::nullopt;
  }
  ForeachSpec spec;
  spec.as = "matrix";
  spec.items.kind = Value::Kind::list;
  for (Value& combination : combinations) {
    spec.keys.push_back(name_of(combination));
    spec.items.items.push_back(std::move(combination));
  }
  return spec;
}

}  // namespace corun
