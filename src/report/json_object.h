// Writes JSON: objects field by field, lists. Knows nothing of what the fields mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/outcome.h"

namespace corun {

/// Appends a list, each element by `append`.
template <typename Range, typename Append>
void append_list(std::string& out, const Range& range, Append append) {
  out += '[';
  bool first = true;
  for (const auto& element : range) {
    if (!std::exchange(first, false)) out += ',';
    append(element);
  }
  out += ']';
}

/// Appends an object to a text. Names must be plain words and differ.
class JsonObject {
 public:
  /// Begins the object at the end of `out`.
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::int64_t value);
  void boolean(std::string_view name, bool value);
  /// A duration as a number of seconds, to the microsecond.
  void seconds(std::string_view name, Duration value);
  /// A value that is JSON already.
  void json(std::string_view name, std::string_view value);
  /// Begins a field whose value the caller appends to the text returned.
  std::string& field(std::string_view name);
  /// `kind` and `reason`, with whichever of `exit_code`, `signal`, `status` and `cancelled_by` there is; for a
  /// success its code or status, for a skipped job the reason.
  void outcome(const Outcome& outcome);
  /// Ends the object; nothing may follow.
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace corun
