// Replaces expressions by values, encoded for where they land. Knows nothing of requests or processes.
#include "expr/render.h"

#include <algorithm>

#include "base/text.h"

namespace corun {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

// Whether what has been written so far ends inside the authority: after `://` and before any `/`, `?` or `#`.
bool in_authority(std::string_view url) {
  const std::size_t start = url.find("://");
  return start != std::string_view::npos && url.find_first_of("/?#", start + 3) == std::string_view::npos;
}

// A path segment that is all dots would climb; it can't be encoded away, as clients decode it first.
bool is_dots(std::string_view text) { return text == "." || text == ".."; }

// `value` as a value of libpq's `key=value` form, inside or outside of its quotes.
std::string escaped_for_pairs(std::string_view value, bool after_equals) {
  if (value.empty()) return after_equals ? "''" : "";
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '\'' || c == ' ' || c == '\t' || c == '\n' || c == '\r') out += '\\';
    out += c;
  }
  return out;
}

ExpressionError misplaced(const Expression& expression, std::string message) {
  return expression_error(expression, ExpressionError::Kind::misplaced, std::move(message));
}

// Renders `text`, with `encode(expression, value as text, rendered so far)` deciding how each value lands.
template <typename Encode>
Evaluated<std::string> render(std::string_view text, const Evaluator& evaluator, Encode encode) {
  Evaluated<std::vector<Segment>> segments = parse_template(text);
  if (auto* error = std::get_if<ExpressionError>(&segments)) return std::move(*error);
  std::string out;
  for (const Segment& segment : std::get<0>(segments)) {
    if (const auto* literal = std::get_if<std::string>(&segment)) {
      out += *literal;
      continue;
    }
    const auto& expression = std::get<Expression>(segment);
    Evaluated<Json> value = evaluator.evaluate(expression);
    if (auto* error = std::get_if<ExpressionError>(&value)) return std::move(*error);
    Evaluated<std::string> encoded = encode(expression, std::get<Json>(value).to_text(), out);
    if (auto* error = std::get_if<ExpressionError>(&encoded)) return std::move(*error);
    out += std::get<std::string>(encoded);
  }
  return out;
}

std::optional<ExpressionError> append_json(std::string& out, const Value& value, const Evaluator& evaluator);

std::optional<ExpressionError> append_json_text(std::string& out, const Text& text, const Evaluator& evaluator) {
  Evaluated<std::vector<Segment>> segments = parse_template(text.text);
  if (auto* error = std::get_if<ExpressionError>(&segments)) return std::move(*error);
  const auto& parts = std::get<0>(segments);
  if (parts.size() == 1 && std::holds_alternative<Expression>(parts[0])) {
    Evaluated<Json> value = evaluator.evaluate(std::get<Expression>(parts[0]));
    if (auto* error = std::get_if<ExpressionError>(&value)) return std::move(*error);
    out += std::get<Json>(value).dump();
    return std::nullopt;
  }
  Evaluated<std::string> rendered = render_text(text, evaluator);
  if (auto* error = std::get_if<ExpressionError>(&rendered)) return std::move(*error);
  append_json_string(out, std::get<std::string>(rendered));
  return std::nullopt;
}

std::optional<ExpressionError> append_json(std::string& out, const Value& value, const Evaluator& evaluator) {
  switch (value.kind) {
    case Value::Kind::string: {
      if (value.text.has_expression()) {
        evaluator.at(value.text.place);
        std::optional<ExpressionError> error = append_json_text(out, value.text, evaluator);
        if (error) error->place = value.text.place;
        return error;
      }
      append_json_string(out, value.text.text);
      return std::nullopt;
    }
    case Value::Kind::list: {
      out += '[';
      for (const Value& item : value.items) {
        if (&item != &value.items.front()) out += ',';
        if (std::optional<ExpressionError> error = append_json(out, item, evaluator)) return error;
      }
      out += ']';
      return std::nullopt;
    }
    case Value::Kind::map: {
      out += '{';
      for (const auto& field : value.fields) {
        if (&field != &value.fields.front()) out += ',';
        append_json_string(out, field.name);
        out += ':';
        if (std::optional<ExpressionError> error = append_json(out, field.value, evaluator)) return error;
      }
      out += '}';
      return std::nullopt;
    }
    default: out += to_json(value); return std::nullopt;
  }
}

}  // namespace

Evaluated<std::string> render_text(const Text& text, const Evaluator& evaluator) {
  if (!text.has_expression()) return text.text;
  return render(text.text, evaluator, [](const Expression&, std::string value, const std::string&) {
    return Evaluated<std::string>(std::move(value));
  });
}

Evaluated<std::string> render_json(const Value& value, const Evaluator& evaluator) {
  std::string out;
  if (std::optional<ExpressionError> error = append_json(out, value, evaluator)) return std::move(*error);
  return out;
}

Evaluated<Json> resolve_value(const Value& value, const Evaluator& evaluator) {
  const auto resolve_items = [&](const auto& items, Json out, auto add) -> Evaluated<Json> {
    for (const auto& item : items) {
      Evaluated<Json> resolved = add(out, item);
      if (std::holds_alternative<ExpressionError>(resolved)) return resolved;
    }
    return out;
  };
  if (value.kind == Value::Kind::list) {
    return resolve_items(value.items, Json::list(), [&](Json& out, const Value& item) {
      Evaluated<Json> resolved = resolve_value(item, evaluator);
      if (auto* json = std::get_if<Json>(&resolved)) out.append(*json);
      return resolved;
    });
  }
  if (value.kind == Value::Kind::map) {
    return resolve_items(value.fields, Json::map(), [&](Json& out, const Field& field) {
      Evaluated<Json> resolved = resolve_value(field.value, evaluator);
      if (auto* json = std::get_if<Json>(&resolved)) out.set(field.name, *json);
      return resolved;
    });
  }
  if (value.kind != Value::Kind::string || !value.text.has_expression()) return Json::of(value);
  evaluator.at(value.text.place);
  const auto placed = [&](ExpressionError error) {
    error.place = value.text.place;
    return error;
  };
  Evaluated<std::vector<Segment>> segments = parse_template(value.text.text);
  if (auto* error = std::get_if<ExpressionError>(&segments)) return placed(std::move(*error));
  const auto& parts = std::get<0>(segments);
  if (parts.size() == 1 && std::holds_alternative<Expression>(parts[0])) {
    Evaluated<Json> alone = evaluator.evaluate(std::get<Expression>(parts[0]));
    if (auto* error = std::get_if<ExpressionError>(&alone)) return placed(std::move(*error));
    return alone;
  }
  Evaluated<std::string> text = render_text(value.text, evaluator);
  if (auto* error = std::get_if<ExpressionError>(&text)) return placed(std::move(*error));
  return Json::string(std::get<std::string>(text));
}

Evaluated<std::string> render_url(const Text& url, const Evaluator& evaluator) {
  if (!url.has_expression()) return url.text;
  return render(url.text, evaluator,
                [&](const Expression& expression, std::string value, const std::string& before) -> Evaluated<std::string> {
                  if (before.empty() || expression.raw || evaluator.for_display()) return value;
                  if (in_authority(before)) {
                    if (is_host(value)) return value;
                    const bool is_path = value.starts_with('/');
                    return misplaced(expression, "`" + escape_control(value) + "` isn't a host name" +
                                                     (is_path ? ": a path right behind the host takes `| raw`" : ""));
                  }
                  const bool in_path = before.find_first_of("?#") == std::string::npos;
                  if (in_path && is_dots(value))
                    return misplaced(expression, "`" + value + "` can't be a segment of a URL's path");
                  return percent_encode(value);
                });
}

Evaluated<std::string> render_address(const Text& address, const Evaluator& evaluator) {
  if (!address.has_expression()) return address.text;
  return render(address.text, evaluator,
                [&](const Expression& expression, std::string value, const std::string& before) -> Evaluated<std::string> {
                  if (before.empty() || expression.raw || evaluator.for_display()) return value;
                  const bool is_uri = before.find("://") != std::string::npos;
                  if (!is_uri) return escaped_for_pairs(value, before.ends_with('='));
                  const bool is_behind_user = in_authority(before) && before.find('@') != std::string::npos;
                  return is_behind_user && is_host(value) ? value : percent_encode(value);
                });
}

void Renderer::keep(ExpressionError error, Place place) {
  error.place = place;
  error.key = key_;
  if (!part_.empty()) error.key += '.' + std::string(part_);
  errors_.push_back(std::move(error));
}

// An error hides what follows it in its text: its expression is crossed out, and the rest looked at again.
template <typename T, typename Render>
T Renderer::take(const Text& text, Render render) {
  evaluator_.at(text.place);
  Evaluated<T> evaluated = render(text);
  if (auto* value = std::get_if<T>(&evaluated)) return std::move(*value);
  constexpr std::size_t kMostErrors = 20;  // of one text
  Text rest = text;
  for (std::size_t i = 0; i < kMostErrors && !std::holds_alternative<T>(evaluated); ++i) {
    auto& error = std::get<ExpressionError>(evaluated);
    rest.text.replace(error.offset, error.length, error.length, 'x');
    keep(std::move(error), text.place);
    evaluated = render(rest);
  }
  return T{};
}

std::string Renderer::text(const Text& text) {
  return take<std::string>(text, [this](const Text& it) { return render_text(it, evaluator_); });
}

std::string Renderer::url(const Text& url) {
  return take<std::string>(url, [this](const Text& it) { return render_url(it, evaluator_); });
}

std::string Renderer::address(const Text& address) {
  return take<std::string>(address, [this](const Text& it) { return render_address(it, evaluator_); });
}

std::string Renderer::json(const Value& value) {
  Evaluated<std::string> evaluated = render_json(value, evaluator_);
  if (auto* json = std::get_if<std::string>(&evaluated)) return std::move(*json);
  check_texts(value);
  return {};
}

Json Renderer::value(const Value& value) {
  Evaluated<Json> evaluated = resolve_value(value, evaluator_);
  if (auto* json = std::get_if<Json>(&evaluated)) return std::move(*json);
  check_texts(value);
  return Json();
}

ShellCommand Renderer::shell(const Text& script, const std::vector<std::string>& shell) {
  return take<ShellCommand>(script, [&](const Text& it) { return shell_command(it, shell, evaluator_); });
}

Json Renderer::expression(const Text& text) {
  evaluator_.at(text.place);
  Evaluated<Expression> parsed = parse_bare_expression(text.text);
  Evaluated<Json> value;
  if (auto* expression = std::get_if<Expression>(&parsed)) {
    value = evaluator_.evaluate(*expression);
  } else {
    value = std::get<ExpressionError>(std::move(parsed));
  }
  if (auto* json = std::get_if<Json>(&value)) return std::move(*json);
  keep(std::move(std::get<ExpressionError>(value)), text.place);
  return Json();
}

// Collects what is wrong with the strings of a value.
void Renderer::check_texts(const Value& value) {
  if (value.kind == Value::Kind::string) text(value.text);
  for (const Value& item : value.items) check_texts(item);
  for (const Field& field : value.fields) check_texts(field.value);
}

}  // namespace corun
