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

/// A URL with a password or the like in it, fit to be shown: `http://me:***@host:3128`.
std::string without_password(std::string_view url);
/// That `network: {deny: private}` refuses `host`, which is at `address` ("": it is one itself).
std::string private_refused(const std::string& host, const std::string& address);

}  // namespace corun
