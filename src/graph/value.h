// A value as written in a job file: scalars with their place, lists, maps. Knows nothing of keys or of expressions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace corun {

/// A position in a job file; line and column from 1, 0 when there is none (command line).
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t file = 0;  ///< 0: the one that was loaded; from 1: those that its graphs name
};

/// A text that may hold `${{ … }}` expressions, and where it is written.
struct Text {
  std::string text;
  Place place;

  bool has_expression() const { return text.find("${{") != std::string::npos; }
};

struct Field;

/// A YAML value under the JSON schema of YAML 1.2. Numbers keep their digits: nothing is lost by rounding.
struct Value {
  enum class Kind : std::uint8_t { null, boolean, number, string, list, map };

  Kind kind = Kind::null;
  Text text;                  ///< of boolean ("true"/"false"), number (its digits, valid JSON) and string
  std::vector<Value> items;   ///< of list
  std::vector<Field> fields;  ///< of map, in the order of the file

  /// The field `name` of a map; null if there is none.
  const Value* find(std::string_view name) const;
};

/// One field of a map. (No std::pair: clang 14 can't define a pair with Value inside Value.)
struct Field {
  Field(std::string_view field_name, Value field_value) : name(field_name), value(std::move(field_value)) {}

  std::string name;
  Value value;
};

inline const Value* Value::find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

/// Compact JSON; strings as they are, expressions not evaluated.
std::string to_json(const Value& value);

}  // namespace corun
