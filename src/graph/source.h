// The text of a job file: offsets to lines and columns, and how far something written there reaches. Knows no YAML events.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/value.h"

namespace corun {

/// A job file's text and its lines. Views the text, which must outlive it and be UTF-8 without byte order mark.
class Source {
 public:
  /// `file`: which one it is, for its places.
  explicit Source(std::string_view text, std::uint32_t file = 0);

  std::string_view text() const { return text_; }

  /// Line and column (characters, not bytes) of a byte offset; an offset past the end counts as the end.
  Place place(std::size_t offset) const;

  /// How many characters of the line what begins at `offset` takes: a quoted text, a flow list or map, else up to the
  /// end of its words. At least 1.
  std::uint32_t extent(std::size_t offset) const;

  /// Characters in the bytes [from, to).
  std::uint32_t characters(std::size_t from, std::size_t to) const;

 private:
  std::string_view text_;
  std::uint32_t file_;
  std::vector<std::uint32_t> line_starts_;
  std::vector<std::uint32_t> continuation_bytes_;  // before each block of 256 bytes; empty if the text is ASCII
};

/// `text` without a leading byte order mark.
std::string_view without_byte_order_mark(std::string_view text);

/// Line `number` (from 1) of `text` without its end; "" if there is none.
std::string_view line_of(std::string_view text, std::uint32_t number);

}  // namespace corun
