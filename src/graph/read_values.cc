// Reads single values of a job file. Knows no single key.
#include "graph/read_values.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/duration.h"
#include "graph/error_codes.h"
#include "graph/scalar.h"

namespace corun {
namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool check_no_nul(Reader& reader, NodeId node) {
  if (reader.text(node).find('\0') == std::string_view::npos) return true;
  reader.error(node, code::kBadFormat, reader.where() + " holds a NUL character");
  return false;
}

// What stands between `{{` and `}}` at the start of `text` if templates would put a value of corun's there, as in `{{ item }}` or
// `{{ vars.page }}`; "": something else, such as another program's own braces.
std::string_view value_in_braces(std::string_view text) {
  const std::size_t start = text.find_first_not_of(' ', 2);
  const std::size_t end = text.find("}}", 2);
  if (start >= end || end == std::string_view::npos) return {};
  std::string_view name = text.substr(start, end - start);
  while (name.ends_with(' ')) name.remove_suffix(1);
  if (name.starts_with('.')) name.remove_prefix(1);
  const std::size_t dot = name.find('.');
  const std::string_view root = name.substr(0, dot);
  if (root == "item") return name;
  constexpr std::array<std::string_view, 5> kRoots{"vars", "env", "secrets", "jobs", "matrix"};
  const bool known = dot != std::string_view::npos && std::find(kRoots.begin(), kRoots.end(), root) != kRoots.end();
  return known ? name : std::string_view();
}

void warn_of_braces(Reader& reader, NodeId node) {
  const std::string_view text = reader.text(node);
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    const std::string_view name = at > 0 && text[at - 1] == '$' ? std::string_view() : value_in_braces(text.substr(at));
    if (name.empty()) continue;
    const std::string written(text.substr(at, text.find("}}", at) + 2 - at));
    return reader.error(node, code::kPlainBraces, "`" + written + "` is no expression: it stays as it is",
                        "write `${{ ." + std::string(name) + " }}`");
  }
}

std::optional<Text> checked_text(Reader& reader, NodeId node) {
  if (!check_no_nul(reader, node) || !check_expressions(reader, node)) return std::nullopt;
  warn_of_braces(reader, node);
  return Text{std::string(reader.text(node)), reader.place(node)};
}

Range range_of(const Reader& reader) { return reader.key() != nullptr ? reader.key()->range : Range{0, kMostCount}; }

}  // namespace

bool check_expressions(Reader& reader, NodeId node) {
  const std::string_view text = reader.text(node);
  std::size_t begin = text.find("${{");
  std::size_t end = 0;
  while (begin != std::string_view::npos) {
    end = text.find("}}", begin);
    if (end == std::string_view::npos) {
      Diagnostic diagnostic = reader.finding(node, code::kExpression, "an expression that isn't closed in " + reader.where());
      diagnostic.label = "`${{` without `}}`";
      reader.report(std::move(diagnostic));
      return false;
    }
    begin = text.find("${{", end);
  }
  return true;
}

std::optional<Text> read_text(Reader& reader, NodeId node) {
  if (reader.is_string(node)) return checked_text(reader, node);
  const bool scalar = reader.is_scalar(node);
  reader.wrong_type(node, "a string", scalar ? "quote it: \"" + std::string(reader.text(node)) + '"' : "");
  return std::nullopt;
}

std::optional<Text> read_scalar(Reader& reader, NodeId node) {
  if (reader.is_scalar(node)) return checked_text(reader, node);
  reader.wrong_type(node, "a string", reader.is_null(node) ? "write \"\" for an empty one" : "");
  return std::nullopt;
}

std::optional<std::string> read_string(Reader& reader, NodeId node) {
  auto text = read_text(reader, node);
  if (!text) return std::nullopt;
  if (text->has_expression()) {
    reader.error(node, code::kExpression, "expressions aren't evaluated in " + reader.where());
    return std::nullopt;
  }
  return std::move(text->text);
}

std::optional<bool> read_boolean(Reader& reader, NodeId node) {
  if (reader.is_boolean(node)) return reader.text(node)[0] == 't' || reader.text(node)[0] == 'T';
  reader.wrong_type(node, "true or false", reader.is_scalar(node) ? "write `true` or `false`" : "");
  return std::nullopt;
}

std::optional<std::uint32_t> read_count(Reader& reader, NodeId node) {
  if (!reader.is_number(node)) {
    reader.wrong_type(node, "a whole number");
    return std::nullopt;
  }
  const Range range = range_of(reader);
  const auto count = parse_number<std::uint32_t>(reader.text(node));
  if (count && *count >= range.least && *count <= range.most) return count;
  reader.error(node, code::kOutOfRange,
               reader.where() + " must be a whole number from " + std::to_string(static_cast<std::uint32_t>(range.least)) +
                   " to " + std::to_string(static_cast<std::uint32_t>(range.most)));
  return std::nullopt;
}

std::optional<double> read_number(Reader& reader, NodeId node) {
  if (!reader.is_number(node)) {
    reader.wrong_type(node, "a number");
    return std::nullopt;
  }
  const Range range = range_of(reader);
  const auto number = parse_number<double>(reader.text(node));
  if (number && *number >= range.least && *number <= range.most) return number;
  const std::string_view accepts = reader.key() != nullptr ? reader.key()->accepts : "another number";
  reader.error(node, code::kOutOfRange, reader.where() + " must be " + std::string(accepts));
  return std::nullopt;
}

std::optional<Duration> read_duration(Reader& reader, NodeId node) {
  if (reader.is_number(node) || (reader.is_string(node) && scalar_type(reader.text(node)) == ScalarType::number)) {
    const std::string number(reader.text(node));
    reader.error(node, code::kBareDuration, "bare number as duration for " + reader.where(), "write `" + number + "s`",
                 "units: ns, us, ms, s, m, h, d");
    return std::nullopt;
  }
  if (!reader.is_string(node)) {
    reader.wrong_type(node, "a duration");
    return std::nullopt;
  }
  if (const auto duration = parse_duration(reader.text(node))) return duration;
  reader.error(node, code::kBadFormat, quoted(reader.text(node)) + " isn't a duration for " + reader.where(),
               "such as `30s`, `250ms` or `1h30m`", "units: ns, us, ms, s, m, h, d");
  return std::nullopt;
}

std::optional<Duration> read_positive_duration(Reader& reader, NodeId node) {
  const auto duration = read_duration(reader, node);
  if (!duration || *duration > Duration::zero()) return duration;
  reader.error(node, code::kOutOfRange, reader.where() + " must be longer than zero");
  return std::nullopt;
}

std::optional<std::size_t> read_size(Reader& reader, NodeId node) {
  if (!reader.is_scalar(node) || reader.is_boolean(node)) {
    reader.wrong_type(node, "a size");
    return std::nullopt;
  }
  if (const auto size = parse_size(reader.text(node))) return size;
  reader.error(node, code::kBadFormat, quoted(reader.text(node)) + " isn't a size for " + reader.where(),
               "such as `16MiB`, `64KiB` or `1000` bytes", "units: B, KB, MB, GB, KiB, MiB, GiB");
  return std::nullopt;
}

std::optional<std::vector<CodeRange>> read_codes(Reader& reader, NodeId node) {
  const auto smallest = static_cast<int>(range_of(reader).least);
  const auto largest = static_cast<int>(range_of(reader).most);
  const bool classes = smallest == static_cast<int>(kStatusCodes.least);
  const std::string range = std::to_string(smallest) + " to " + std::to_string(largest);
  std::vector<NodeId> nodes{node};
  if (reader.is_list(node)) nodes = reader.items(node);
  if (nodes.empty()) {
    reader.error(node, code::kEmptyValue, reader.where() + " is empty");
    return std::nullopt;
  }
  std::vector<CodeRange> codes;
  for (const NodeId item : nodes) {
    if (!reader.is_scalar(item)) {
      reader.wrong_type(item, "a code, a range of codes, or a list of these");
      continue;
    }
    if (const auto code_range = parse_codes(reader.text(item), smallest, largest, classes)) {
      codes.push_back(*code_range);
    } else {
      reader.error(item, code::kBadFormat, quoted(reader.text(item)) + " isn't a code for " + reader.where(), {},
                   "a code from " + range + (classes ? ", a range `200-299` or a class `5xx`" : ", or a range `1-9`"));
    }
  }
  return codes;
}

std::optional<std::vector<std::string>> read_strings(Reader& reader, NodeId node) {
  std::vector<NodeId> nodes{node};
  if (reader.is_list(node)) {
    nodes = reader.items(node);
  } else if (!reader.is_string(node)) {
    reader.wrong_type(node, "a string or a list of strings");
    return std::nullopt;
  }
  const std::size_t errors = reader.errors();
  if (nodes.empty()) reader.error(node, code::kEmptyValue, reader.where() + " is empty");
  std::vector<std::string> strings;
  for (const NodeId item : nodes) {
    auto text = read_string(reader, item);
    if (!text) continue;
    if (text->empty()) {
      reader.error(item, code::kEmptyValue, "an empty string in " + reader.where());
    } else {
      strings.push_back(*std::move(text));
    }
  }
  if (reader.errors() != errors) return std::nullopt;
  return strings;
}

std::optional<Value> read_value(Reader& reader, NodeId node) {
  Value value;
  if (reader.is_null(node)) return value;
  if (reader.is_list(node)) {
    value.kind = Value::Kind::list;
    for (const NodeId item : reader.items(node)) {
      if (auto read = read_value(reader, item)) value.items.push_back(*std::move(read));
    }
    return value;
  }
  if (reader.is_map(node)) {
    value.kind = Value::Kind::map;
    for (const Pair& pair : reader.pairs(node)) {
      if (auto read = read_value(reader, pair.value)) value.fields.emplace_back(pair.name, *std::move(read));
    }
    return value;
  }
  value.text.place = reader.place(node);
  if (reader.is_boolean(node)) {
    value.kind = Value::Kind::boolean;
    value.text.text = reader.text(node)[0] == 't' || reader.text(node)[0] == 'T' ? "true" : "false";
    return value;
  }
  value.kind = reader.is_number(node) ? Value::Kind::number : Value::Kind::string;
  if (value.kind == Value::Kind::string && !check_expressions(reader, node)) return std::nullopt;
  value.text.text = reader.text(node);
  return value;
}

std::optional<std::vector<NamedText>> read_named_texts(Reader& reader, NodeId node) {
  if (!reader.is_map(node)) {
    reader.wrong_type(node, "a map of names to texts");
    return std::nullopt;
  }
  std::vector<NamedText> texts;
  texts.reserve(reader.document().size(node));
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "", pair.name);
    if (auto text = read_scalar(reader, pair.value)) texts.push_back({std::string(pair.name), *std::move(text)});
  }
  return texts;
}

std::optional<std::vector<NamedText>> read_environment(Reader& reader, NodeId node) {
  auto entries = read_named_texts(reader, node);
  if (!entries) return std::nullopt;
  for (const Pair& pair : reader.pairs(node)) {
    if (!pair.name.empty() && pair.name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos) continue;
    reader.error(pair.key, code::kBadName, quoted(pair.name) + " can't be the name of a variable", "no `=`, and not empty");
  }
  return entries;
}

void not_a_choice(Reader& reader, NodeId node, const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  if (!reader.is_scalar(node)) return reader.wrong_type(node, "one of " + list);
  reader.error(node, code::kNotAChoice, quoted(reader.text(node)) + " isn't one of the choices for " + reader.where(),
               reader.suggest(reader.text(node), names), "one of: " + list);
}

}  // namespace corun
