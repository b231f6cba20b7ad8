// Whether a text is JSON. Knows nothing of what it says.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace corun {

inline constexpr std::size_t kMaxJsonDepth = 200;  ///< lists and objects inside one another

/// Where a text stops being JSON, and why.
struct JsonProblem {
  std::size_t offset = 0;
  std::string_view message;  ///< such as "expected `,` or `}`"
};

/// Nothing if `text` is one JSON value (RFC 8259) in UTF-8 with only blanks around it, at most kMaxJsonDepth deep.
/// The first half of a surrogate pair (`\uD800`) without its second is none, as for libjq.
std::optional<JsonProblem> json_problem(std::string_view text);

}  // namespace corun
