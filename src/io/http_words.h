// Wording and comparing of the short texts of HTTP. Knows nothing of requests.
#pragma once

#include <string>
#include <string_view>

namespace corun {

/// `text` with its first letter in lower case, so that it can follow a colon.
std::string lower_first(std::string_view text);
/// The system's words for an errno: "connection refused".
std::string system_message(int error);
/// Equality of header names and host names: ASCII letters match in either case.
bool equal_ignoring_case(std::string_view a, std::string_view b);
/// `text` without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace corun
