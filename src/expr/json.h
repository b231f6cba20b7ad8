// A JSON value at run time: libjq's, with an owner. Knows nothing of expressions or of where values come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "expr/jq_api.h"
#include "graph/value.h"

namespace corun {

/// A JSON value: copies share, changing one copies what is shared. Numbers are doubles; what a double can't hold (whole
/// numbers beyond ±2^53, more than 17 digits) comes in as a string of its digits, so that none is lost.
class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, list, map };

  /// null.
  Json() noexcept { value_.kind_flags = JV_KIND_NULL; }
  Json(const Json& other) : value_(other.copy()) {}
  Json(Json&& other) noexcept : value_(other.value_) { other.forget(); }
  Json& operator=(Json other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Json() {
    if (is_counted()) jq().free(value_);
  }

  static Json boolean(bool value);
  static Json number(double value);
  static Json string(std::string_view text);
  static Json list();
  static Json map();
  /// A value as written in a job file; its strings are taken as they are. `3.10` keeps its zero, as a string.
  static Json of(const Value& value);
  /// One JSON document, at most 256 deep. The error says what is wrong, in libjq's words.
  static Result<Json> parse(std::string_view text);
  /// Takes over a reference of libjq's. Must be valid.
  static Json adopt(jv value);

  Kind kind() const;
  bool is_null() const { return kind() == Kind::null; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_list() const { return kind() == Kind::list; }
  bool is_map() const { return kind() == Kind::map; }
  /// As jq sees it: all but null and false.
  bool is_true() const;

  /// Of a string; valid as long as this is.
  std::string_view text() const;
  /// Of a number.
  double as_number() const;
  /// Items of a list, fields of a map; 0 of anything else.
  std::size_t size() const;
  /// Item `index` of a list; null if there is none.
  Json at(std::size_t index) const;
  /// Field `name` of a map; null if there is none.
  Json get(std::string_view name) const;
  bool has(std::string_view name) const;
  /// Adds to a list.
  void append(Json item);
  /// Sets item `index` of a list, which grows as needed.
  void set(std::size_t index, Json item);
  /// Sets a field of a map.
  void set(std::string_view name, Json value);
  /// Calls `visit(std::string_view name, Json value)` for each field of a map.
  template <typename Visit>
  void for_each_field(Visit visit) const {
    if (!is_map()) return;
    const JqApi& api = jq();
    for (int at = api.object_iter(value_); api.object_iter_valid(value_, at) != 0; at = api.object_iter_next(value_, at)) {
      const Json name = adopt(api.object_iter_key(value_, at));
      visit(name.text(), adopt(api.object_iter_value(value_, at)));
    }
  }

  /// Compact JSON.
  std::string dump() const;
  /// As it stands inside text: strings raw, the rest as JSON.
  std::string to_text() const;

  /// A new reference, for a function of libjq that takes one.
  jv copy() const { return is_counted() ? jq().copy(value_) : value_; }

  friend bool operator==(const Json& a, const Json& b) { return jq().equal(a.copy(), b.copy()) != 0; }

 private:
  // Null and booleans need no library.
  bool is_counted() const { return value_.kind_flags > JV_KIND_TRUE; }
  void forget() noexcept {
    value_ = jv{};
    value_.kind_flags = JV_KIND_NULL;
  }
  jv release() {
    jv value = value_;
    forget();
    return value;
  }

  jv value_{};
};

/// The kind as jq names it in its messages: "object".
const char* to_string(Json::Kind kind);

}  // namespace corun
