// Values as JSON text. Knows nothing of expressions.
#include "graph/value.h"

#include "base/text.h"

namespace corun {
namespace {

void append_json(std::string& out, const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: out += "null"; return;
    case Value::Kind::boolean:
    case Value::Kind::number: out += value.text.text; return;
    case Value::Kind::string: append_json_string(out, value.text.text); return;
    case Value::Kind::list: {
      char separator = '[';
      for (const Value& item : value.items) {
        out += std::exchange(separator, ',');
        append_json(out, item);
      }
      out += value.items.empty() ? "[]" : "]";
      return;
    }
    case Value::Kind::map: {
      char separator = '{';
      for (const auto& [name, field] : value.fields) {
        out += std::exchange(separator, ',');
        append_json_string(out, name);
        out += ':';
        append_json(out, field);
      }
      out += value.fields.empty() ? "{}" : "}";
      return;
    }
  }
}

}  // namespace

std::string to_json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace corun
