// JSON values by libjq. Knows nothing of expressions.
#include "expr/json.h"

#include <cctype>
#include <climits>
#include <cstdlib>

namespace corun {
namespace {

constexpr std::size_t kSafeDigits = 15;  // whole numbers of as many always fit a double
constexpr std::size_t kMostDigits = 17;  // more never do

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_number_character(char c) { return is_digit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'; }

// Whether a double can't hold the number written as `text`.
bool loses_digits(std::string_view text) {
  std::size_t digits = 0;
  bool whole = true;
  for (const char c : text) {
    if (c == 'e' || c == 'E') {
      whole = false;
      break;
    }
    if (c == '.') whole = false;
    if (is_digit(c) && (digits > 0 || c != '0')) ++digits;
  }
  if (digits <= kSafeDigits) return false;
  if (!whole) return digits > kMostDigits;
  constexpr long long kLargest = 1LL << 53;
  if (digits > kMostDigits) return true;
  const long long value = std::strtoll(std::string(text).c_str(), nullptr, 10);
  return value > kLargest || value < -kLargest;
}

// Whether the number `text` of a job file would read otherwise if it were printed again: `3.10`.
bool ends_in_zero(std::string_view text) {
  return text.find('.') != std::string_view::npos && text.find_first_of("eE") == std::string_view::npos && text.back() == '0';
}

// `text` with numbers that a double can't hold in quotes.
std::string with_safe_numbers(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string || !(is_digit(c) || c == '-')) {
      if (c == '"') in_string = !in_string;
      out += c;
      if (in_string && c == '\\' && i + 1 < text.size()) out += text[++i];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_number_character(text[end])) ++end;
    const std::string_view number = text.substr(i, end - i);
    const bool quoted = loses_digits(number);
    if (quoted) out += '"';
    out += number;
    if (quoted) out += '"';
    i = end - 1;
  }
  return out;
}

bool has_long_number(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      if (++digits > kSafeDigits) return true;
    } else if (c != '.') {
      digits = 0;
    }
  }
  return false;
}

}  // namespace

Json Json::adopt(jv value) {
  Json json;
  json.value_ = value;
  return json;
}

Json Json::boolean(bool value) { return adopt(jq().boolean(value ? 1 : 0)); }
Json Json::number(double value) { return adopt(jq().number(value)); }
Json Json::string(std::string_view text) { return adopt(jq().string_sized(text.data(), static_cast<int>(text.size()))); }
Json Json::list() { return adopt(jq().array()); }
Json Json::map() { return adopt(jq().object()); }

Json Json::of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: return Json();
    case Value::Kind::boolean: return boolean(value.text.text == "true");
    case Value::Kind::number:
      if (loses_digits(value.text.text) || ends_in_zero(value.text.text)) return string(value.text.text);
      return number(std::strtod(value.text.text.c_str(), nullptr));
    case Value::Kind::string: return string(value.text.text);
    case Value::Kind::list: {
      Json out = list();
      for (const Value& item : value.items) out.append(of(item));
      return out;
    }
    case Value::Kind::map: {
      Json out = map();
      for (const Field& field : value.fields) out.set(field.name, of(field.value));
      return out;
    }
  }
  return Json();
}

Result<Json> Json::parse(std::string_view text) {
  if (text.size() > INT_MAX / 2) return Error{"more than a GiB of JSON"};
  const std::string safe = has_long_number(text) ? with_safe_numbers(text) : std::string();
  if (!safe.empty()) text = safe;
  const jv value = jq().parse_sized(text.data(), static_cast<int>(text.size()));
  if (jq().get_kind(value) != JV_KIND_INVALID) return adopt(value);
  if (jq().invalid_has_message(jq().copy(value)) == 0) {
    jq().free(value);
    return Error{"it is empty"};
  }
  const Json message = adopt(jq().invalid_get_message(value));
  std::string reason = message.to_text();
  // "… (while parsing '<the whole document>')"
  if (const std::size_t end = reason.find(" (while parsing"); end != std::string::npos) reason.resize(end);
  return Error{reason};
}

Json::Kind Json::kind() const {
  switch (is_counted() ? jq().get_kind(value_) : static_cast<jv_kind>(value_.kind_flags)) {
    case JV_KIND_FALSE:
    case JV_KIND_TRUE: return Kind::boolean;
    case JV_KIND_NUMBER: return Kind::number;
    case JV_KIND_STRING: return Kind::string;
    case JV_KIND_ARRAY: return Kind::list;
    case JV_KIND_OBJECT: return Kind::map;
    default: return Kind::null;
  }
}

bool Json::is_true() const { return value_.kind_flags != JV_KIND_NULL && value_.kind_flags != JV_KIND_FALSE; }

std::string_view Json::text() const { return {jq().string_value(value_), static_cast<std::size_t>(jq().string_length(copy()))}; }

double Json::as_number() const { return jq().number_value(value_); }

std::size_t Json::size() const {
  if (is_list()) return static_cast<std::size_t>(jq().array_length(copy()));
  return is_map() ? static_cast<std::size_t>(jq().object_length(copy())) : 0;
}

Json Json::at(std::size_t index) const {
  if (index >= size()) return Json();
  return adopt(jq().array_get(copy(), static_cast<int>(index)));
}

bool Json::has(std::string_view name) const { return is_map() && jq().object_has(copy(), string(name).release()) != 0; }

Json Json::get(std::string_view name) const {
  if (!has(name)) return Json();
  return adopt(jq().object_get(copy(), string(name).release()));
}

void Json::append(Json item) { value_ = jq().array_append(value_, item.release()); }

void Json::set(std::size_t index, Json item) { value_ = jq().array_set(value_, static_cast<int>(index), item.release()); }

void Json::set(std::string_view name, Json value) { value_ = jq().object_set(value_, string(name).release(), value.release()); }

std::string Json::dump() const {
  switch (value_.kind_flags) {
    case JV_KIND_NULL: return "null";
    case JV_KIND_FALSE: return "false";
    case JV_KIND_TRUE: return "true";
    default: return std::string(adopt(jq().dump_string(copy(), 0)).text());
  }
}

std::string Json::to_text() const { return is_string() ? std::string(text()) : dump(); }

const char* to_string(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::null: return "null";
    case Json::Kind::boolean: return "boolean";
    case Json::Kind::number: return "number";
    case Json::Kind::string: return "string";
    case Json::Kind::list: return "array";
    case Json::Kind::map: return "object";
  }
  return "value";
}

}  // namespace corun
