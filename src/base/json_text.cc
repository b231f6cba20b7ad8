// JSON as text. Knows nothing of what it says.
#include "base/json_text.h"

#include <cstddef>

#include "base/text.h"

namespace corun {
namespace {

constexpr std::size_t kLineWidth = 110;

// The end of the value that starts at `from`: behind it.
std::size_t value_end(std::string_view json, std::size_t from) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = from; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i;
      if (--depth == 0) return i + 1;
    } else if (c == ',' && depth == 0) {
      return i;
    }
  }
  return json.size();
}

// `{"a":1,"b":[2]}` → `{"a": 1, "b": [2]}`.
std::string on_one_line(std::string_view json) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    out += c;
    if (in_string && c == '\\') {
      out += json[++i];
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == ':' || c == ',')) {
      out += ' ';
    }
  }
  return out;
}

// The JSON string at the start of `json`, with its quotes.
std::string_view name_at(std::string_view json) {
  std::size_t i = 1;
  while (json[i] != '"') i += json[i] == '\\' ? 2U : 1U;
  return json.substr(0, i + 1);
}

void append_indented(std::string& out, std::string_view json, std::size_t indent, std::size_t before) {
  std::string line = on_one_line(json);
  const bool is_scalar = json[0] != '{' && json[0] != '[';
  if (is_scalar || indent + before + line.size() <= kLineWidth) {
    out += line;
    return;
  }
  out += json[0];
  std::size_t at = 1;
  while (json[at] != '}' && json[at] != ']') {
    if (json[at] == ',') ++at;
    out += at == 1 ? "\n" : ",\n";
    out.append(indent + 2, ' ');
    std::size_t name_size = 0;
    if (json[0] == '{') {
      const std::string_view name = name_at(json.substr(at));
      out += name;
      out += ": ";
      at += name.size() + 1;
      name_size = name.size() + 2;
    }
    const std::size_t end = value_end(json, at);
    append_indented(out, json.substr(at, end - at), indent + 2, name_size);
    at = end;
  }
  out += '\n';
  out.append(indent, ' ');
  out += json[at];
}

}  // namespace

JsonText& JsonText::json(std::string_view name, std::string_view value) {
  separate();
  append_json_string(text_, name);
  text_ += ':';
  text_ += value;
  return *this;
}

JsonText& JsonText::text(std::string_view name, std::string_view value) { return json(name, json_string(value)); }

JsonText& JsonText::item(std::string_view value) {
  separate();
  text_ += value;
  return *this;
}

std::string indented_json(std::string_view json) {
  std::string out;
  append_indented(out, json, 0, 0);
  return out + '\n';
}

}  // namespace corun
