// How JSON strings are read. Knows nothing of connections.
#include "io/sql_parameter.h"

#include <charconv>
#include <cstdint>

namespace corun {
namespace {

void append_utf8(std::string& out, std::uint32_t character) {
  if (character < 0x80) {
    out += static_cast<char>(character);
  } else if (character < 0x800) {
    out += static_cast<char>(0xC0 | (character >> 6));
    out += static_cast<char>(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    out += static_cast<char>(0xE0 | (character >> 12));
    out += static_cast<char>(0x80 | ((character >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (character & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (character >> 18));
    out += static_cast<char>(0x80 | ((character >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((character >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (character & 0x3F));
  }
}

// The four hexadecimal digits at the start of `text`, which are left out of it.
std::uint32_t take_unit(std::string_view& text) {
  std::uint32_t unit = 0;
  const std::string_view digits = text.substr(0, 4);
  std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  text.remove_prefix(digits.size());
  return unit;
}

// `text` follows `\u`.
std::uint32_t take_character(std::string_view& text) {
  const std::uint32_t first = take_unit(text);
  if (first < 0xD800 || first > 0xDFFF) return first;
  if (first > 0xDBFF || !text.starts_with("\\u")) return 0xFFFD;
  std::string_view rest = text.substr(2);
  const std::uint32_t second = take_unit(rest);
  if (second < 0xDC00 || second > 0xDFFF) return 0xFFFD;
  text = rest;
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

}  // namespace

std::optional<std::string> sql_parameter(std::string_view json) {
  if (json == "null") return std::nullopt;
  if (!json.starts_with('"') || json.size() < 2) return std::string(json);
  json = json.substr(1, json.size() - 2);
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const char c = json.front();
    json.remove_prefix(1);
    if (c != '\\' || json.empty()) {
      out += c;
      continue;
    }
    const char escaped = json.front();
    json.remove_prefix(1);
    switch (escaped) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': append_utf8(out, take_character(json)); break;
      default: out += escaped;
    }
  }
  return out;
}

}  // namespace corun
