// Reads what a process wrote as its outputs into a file. Knows nothing of processes, nor of what the outputs mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace corun {

inline constexpr std::size_t kMaxOutputFile = std::size_t{1} << 20;  ///< bytes that whoever reads the file should accept

/// `text` as the JSON text of an object. It is one JSON object if its first character is `{`; else lines
///
///     key=value
///     key<<END
///     any lines, joined by newlines
///     END
///
/// of strings: what follows `=` is taken as it is; empty lines count for nothing; a later value of a key replaces an earlier one.
/// Keys are letters, digits, `_` and `-`, and don't start with a digit. Lines may end in CR LF. What isn't UTF-8 becomes U+FFFD.
/// Errors are `line 3: what is wrong`.
Result<std::string> parse_output_file(std::string_view text);

}  // namespace corun
