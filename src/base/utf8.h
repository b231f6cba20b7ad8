// UTF-8 taken apart. Knows nothing of what the text means.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace corun {

/// A character and how many bytes it takes.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< 0: no well-formed character here
};

/// The character at the start of `text` (not empty), by RFC 3629: no surrogates, no overlong forms, nothing past U+10FFFF.
CodePoint decode_utf8(std::string_view text);

/// Where `text` stops being UTF-8; nothing if it is all well formed.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

}  // namespace corun
