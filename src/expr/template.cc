// Reads `${{ … }}` and follows paths. Knows nothing of URLs, shells or values' use.
#include "expr/template.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace corun {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

ExpressionError syntax_error(std::string message, std::string label = "", std::string help = "") {
  ExpressionError error;
  error.message = std::move(message);
  error.label = std::move(label);
  error.help = std::move(help);
  return error;
}

// Reads `"text"` at the start of `rest`; backslash escapes of JSON but \u.
std::optional<std::string> take_string(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (rest[i] == '\\') {
      if (++i == rest.size()) return std::nullopt;
      constexpr std::string_view kFrom = "\"\\/nrt";
      constexpr std::string_view kTo = "\"\\/\n\r\t";
      const std::size_t escape = kFrom.find(rest[i]);
      if (escape == std::string_view::npos) return std::nullopt;
      text += kTo[escape];
    } else {
      text += rest[i];
    }
  }
  return std::nullopt;
}

std::string_view take_name(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && (is_name_start(rest[length]) || is_digit(rest[length]))) ++length;
  const std::string_view name = rest.substr(0, length);
  rest.remove_prefix(length);
  return name;
}

// Reads `[0]`, `[-1]` or `["field"]` at the start of `rest`.
bool take_index(std::string_view& rest, Expression& expression) {
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '"') {
    std::optional<std::string> field = take_string(rest);
    if (!field) return false;
    expression.path.emplace_back(std::move(*field));
  } else {
    long index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (error != std::errc()) return false;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    expression.path.emplace_back(index);
  }
  if (rest.empty() || rest.front() != ']') return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<ExpressionError> parse_path(std::string_view rest, Expression& expression) {
  if (rest.empty()) return syntax_error("empty expression", "write a path such as `.vars.name`");
  if (is_name_start(rest.front())) {
    std::string_view after = rest;
    take_name(after);
    const std::string_view root = after.empty() && rest != "vars" && rest != "env" ? ".vars." : ".";
    return syntax_error("`" + std::string(rest) + "` isn't a path", "write `" + std::string(root) + std::string(rest) + "`",
                        "expressions are jq: paths start with a dot");
  }
  const bool is_path = rest.front() == '.';  // `[0]` alone would make a list
  while (is_path && !rest.empty() && (rest.front() == '.' || rest.front() == '[')) {
    if (rest.front() == '.') {
      rest.remove_prefix(1);
      if (!rest.empty() && rest.front() == '[' && expression.path.empty()) continue;
      if (!rest.empty() && rest.front() == '"') {
        std::optional<std::string> field = take_string(rest);
        if (!field) return syntax_error("unclosed or invalid string in expression");
        expression.path.emplace_back(std::move(*field));
        continue;
      }
      if (rest.empty() || !is_name_start(rest.front()))
        return syntax_error("a name must follow the dot", "write a path such as `.vars.name`");
      expression.path.emplace_back(std::string(take_name(rest)));
    } else if (!take_index(rest, expression)) {
      return syntax_error("invalid index in expression", "write `[0]` or `[\"name\"]`");
    }
  }
  std::string_view filter = trim(rest);
  if (filter.starts_with('|') && trim(filter.substr(1)) == "raw") {
    expression.raw = true;
    filter = {};
  }
  if (!filter.empty() || expression.path.empty()) {
    return syntax_error("`" + expression.source + "` isn't a plain path",
                        "only paths such as `.vars.name` and `.env.NAME` can be used here");
  }
  return std::nullopt;
}

// The path up to and with part `count`, for messages.
std::string path_text(const Expression& expression, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* field = std::get_if<std::string>(&expression.path[i])) {
      text += '.' + *field;
    } else {
      text += '[' + std::to_string(std::get<long>(expression.path[i])) + ']';
    }
  }
  return text;
}

template <typename Map>
std::string suggestion(const std::string& name, const Map& map, std::string_view prefix) {
  std::vector<std::string_view> names;
  names.reserve(map.size());
  for (const auto& entry : map) names.push_back(entry.first);
  const std::string_view similar = most_similar(name, names);
  return similar.empty() ? std::string() : "did you mean `" + std::string(prefix) + std::string(similar) + "`?";
}

Value string_value(std::string text) {
  Value value;
  value.kind = Value::Kind::string;
  value.text.text = std::move(text);
  return value;
}

// One step down a path; null if there is nothing there, no value if the kind of `value` doesn't allow the step.
std::optional<const Value*> step(const Value& value, const std::variant<std::string, long>& part) {
  if (value.kind == Value::Kind::null) return nullptr;
  if (const auto* field = std::get_if<std::string>(&part)) {
    if (value.kind != Value::Kind::map) return std::nullopt;
    return value.find(*field);
  }
  if (value.kind != Value::Kind::list) return std::nullopt;
  long index = std::get<long>(part);
  const auto size = static_cast<long>(value.items.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return nullptr;
  return &value.items[static_cast<std::size_t>(index)];
}

const char* kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null: return "null";
    case Value::Kind::boolean: return "a boolean";
    case Value::Kind::number: return "a number";
    case Value::Kind::string: return "a string";
    case Value::Kind::list: return "a list";
    case Value::Kind::map: return "a map";
  }
  return "a value";
}

ExpressionError located(ExpressionError error, const Expression& expression) {
  error.offset = expression.offset;
  error.length = expression.length;
  return error;
}

// Where the `}}` of an expression is, strings inside it skipped.
std::size_t find_end(std::string_view text, std::size_t from) {
  bool in_string = false;
  for (std::size_t i = from; i + 1 < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == '}' && text[i + 1] == '}') {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Evaluated<std::vector<Segment>> parse_template(std::string_view text) {
  std::vector<Segment> segments;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find("${{", at);
    if (open > at) segments.emplace_back(std::string(text.substr(at, open - at)));
    if (open == std::string_view::npos) break;
    Expression expression;
    expression.offset = open;
    const std::size_t close = find_end(text, open + 3);
    if (close == std::string_view::npos) {
      expression.length = text.size() - open;
      return located(syntax_error("unclosed expression", "`}}` is missing"), expression);
    }
    expression.length = close + 2 - open;
    const std::string_view source = trim(text.substr(open + 3, close - open - 3));
    expression.source = std::string(source);
    if (std::optional<ExpressionError> error = parse_path(source, expression)) return located(std::move(*error), expression);
    at = close + 2;
    segments.emplace_back(std::move(expression));
  }
  return segments;
}

Evaluated<Value> evaluate(const Expression& expression, const Variables& variables) {
  const auto fail = [&](ExpressionError::Kind kind, std::string message, std::string label) {
    ExpressionError error = syntax_error(std::move(message), std::move(label));
    error.kind = kind;
    return located(std::move(error), expression);
  };
  const auto* root = std::get_if<std::string>(&expression.path[0]);
  const bool is_vars = root != nullptr && *root == "vars";
  if (!is_vars && (root == nullptr || *root != "env")) {
    return fail(ExpressionError::Kind::unknown_name, "unknown name `" + path_text(expression, 1) + "` in expression",
                "expressions can use `.vars.NAME` and `.env.NAME`");
  }
  const auto* name = expression.path.size() > 1 ? std::get_if<std::string>(&expression.path[1]) : nullptr;
  if (name == nullptr) {
    return fail(ExpressionError::Kind::syntax, "`." + *root + "` needs a name", "write `." + *root + ".NAME`");
  }
  Value env_value;
  const Value* value = nullptr;
  if (is_vars) {
    const auto found = variables.vars().find(*name);
    if (found == variables.vars().end()) {
      return fail(ExpressionError::Kind::undefined_variable, "undefined variable `" + *name + "`",
                  suggestion(*name, variables.vars(), ".vars."));
    }
    value = &found->second;
  } else {
    const auto found = variables.environment().find(*name);
    if (found == variables.environment().end()) {
      return fail(ExpressionError::Kind::undefined_environment, "undefined environment variable `" + *name + "`",
                  suggestion(*name, variables.environment(), ".env."));
    }
    env_value = string_value(found->second);
    value = &env_value;
  }
  for (std::size_t i = 2; i < expression.path.size(); ++i) {
    const std::optional<const Value*> next = step(*value, expression.path[i]);
    if (!next) {
      return fail(ExpressionError::Kind::wrong_type,
                  "`" + path_text(expression, i) + "` is " + kind_name(value->kind) + ": `" + path_text(expression, i + 1) +
                      "` can't be taken from it",
                  "");
    }
    if (*next == nullptr) return Value{};
    value = *next;
  }
  return *value;
}

std::string to_text(const Value& value) { return value.kind == Value::Kind::string ? value.text.text : to_json(value); }

}  // namespace corun
