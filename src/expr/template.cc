// Reads `${{ … }}`. Knows nothing of values or their use.
#include "expr/template.h"

#include <algorithm>
#include <charconv>
#include <optional>

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

// Reads `"text"` at the start of `rest`; nothing if it needs jq (escapes by number, interpolation).
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
  constexpr std::size_t kMostDigits = 9;
  rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '"') {
    std::optional<std::string> field = take_string(rest);
    if (!field) return false;
    expression.path.emplace_back(std::move(*field));
  } else {
    long index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    const auto length = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc() || length > kMostDigits) return false;
    rest.remove_prefix(length);
    expression.path.emplace_back(index);
  }
  if (rest.empty() || rest.front() != ']') return false;
  rest.remove_prefix(1);
  return true;
}

// Reads a plain path into `expression`; leaves its path empty if it isn't one.
void read_path(std::string_view rest, Expression& expression) {
  const auto read = [&] {
    if (rest.empty() || rest.front() != '.') return false;  // `[0]` alone would make a list
    while (!rest.empty()) {
      if (rest.front() == '.') {
        rest.remove_prefix(1);
        if (!rest.empty() && rest.front() == '[' && expression.path.empty()) continue;
        if (!rest.empty() && rest.front() == '"') {
          std::optional<std::string> field = take_string(rest);
          if (!field) return false;
          expression.path.emplace_back(std::move(*field));
          continue;
        }
        if (rest.empty() || !is_name_start(rest.front())) return false;
        expression.path.emplace_back(std::string(take_name(rest)));
      } else if (rest.front() != '[' || !take_index(rest, expression)) {
        return false;
      }
    }
    return true;
  };
  if (!read()) expression.path.clear();
}

// Takes `| raw` from the end of `source`.
bool take_raw(std::string_view& source) {
  constexpr std::string_view kRaw = "raw";
  if (!source.ends_with(kRaw)) return false;
  const std::string_view before = trim(source.substr(0, source.size() - kRaw.size()));
  if (!before.ends_with('|')) return false;
  source = trim(before.substr(0, before.size() - 1));
  return true;
}

ExpressionError error_at(const Expression& expression, std::string message, std::string label) {
  ExpressionError error;
  error.message = std::move(message);
  error.label = std::move(label);
  error.offset = expression.offset;
  error.length = expression.length;
  error.written = expression.written();
  return error;
}

// Makes an expression of what stands between the braces, at `start` of `text`; offset and length are set already.
std::optional<ExpressionError> read_expression(std::string_view text, std::size_t start, std::size_t length,
                                               Expression& expression) {
  std::string_view source = trim(text.substr(start, length));
  expression.source_offset = source.empty() ? start : static_cast<std::size_t>(source.data() - text.data());
  expression.raw = take_raw(source);
  expression.source = std::string(source);
  if (source.empty()) return error_at(expression, "empty expression", "write a path such as `.vars.name`");
  read_path(source, expression);
  return std::nullopt;
}

// Where the `}}` of an expression is: strings inside it, with what they interpolate, jq's own braces and comments are skipped; a
// comment outside of them ends there too, so that one on the only line needs no line break.
std::size_t find_end(std::string_view text, std::size_t from) {
  std::string nesting;  // `"`: a string, `(`: an interpolation or parenthesis, `{`: an object
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (!nesting.empty() && nesting.back() == '"') {
      if (c == '\\' && i + 1 < text.size()) {
        if (text[++i] == '(') nesting += '(';
      } else if (c == '"') {
        nesting.pop_back();
      }
    } else if (c == '"' || c == '(' || c == '{') {
      nesting += c;
    } else if (c == ')' || (c == '}' && !nesting.empty() && nesting.back() == '{')) {
      if (!nesting.empty() && nesting.back() == (c == ')' ? '(' : '{')) nesting.pop_back();
    } else if (c == '}' && i + 1 < text.size() && text[i + 1] == '}') {
      return i;
    } else if (c == '#') {
      const std::size_t end = std::min(text.find('\n', i), text.size());
      const std::size_t close = nesting.empty() ? text.find("}}", i) : std::string_view::npos;
      if (close < end) return close;
      i = end;
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
      return error_at(expression, "unclosed expression", "`}}` is missing");
    }
    expression.length = close + 2 - open;
    if (auto error = read_expression(text, open + 3, close - open - 3, expression)) return std::move(*error);
    at = close + 2;
    segments.emplace_back(std::move(expression));
  }
  return segments;
}

Evaluated<Expression> parse_bare_expression(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (text.find("${{") == std::string_view::npos) {
    Expression expression;
    expression.offset = static_cast<std::size_t>(trimmed.data() - text.data());
    expression.length = trimmed.size();
    if (auto error = read_expression(text, expression.offset, expression.length, expression)) return std::move(*error);
    return expression;
  }
  Evaluated<std::vector<Segment>> segments = parse_template(trimmed);
  if (auto* error = std::get_if<ExpressionError>(&segments)) return std::move(*error);
  auto& parts = std::get<0>(segments);
  if (parts.size() == 1 && std::holds_alternative<Expression>(parts[0])) {
    Expression expression = std::get<Expression>(std::move(parts[0]));
    const auto indent = static_cast<std::size_t>(trimmed.data() - text.data());
    expression.offset += indent;
    expression.source_offset += indent;
    return expression;
  }
  Expression whole;
  whole.length = text.size();
  return error_at(whole, "text around an expression where one value is expected", "write a single expression");
}

}  // namespace corun
