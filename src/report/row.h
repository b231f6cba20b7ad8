// A line of the live view before it is painted: pieces of text and what they mean. Knows nothing of escape sequences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace corun {

/// What a piece of text is to look like.
enum class Tone : std::uint8_t { plain, faint, strong, active, warning, bad };

struct Span {
  std::string text;
  Tone tone = Tone::plain;
  bool operator==(const Span&) const = default;
};

/// One line; too long ones are cut where they are shown.
using Row = std::vector<Span>;

}  // namespace corun
