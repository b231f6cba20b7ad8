// Whether a request may be sent as it is: the checks libcurl doesn't make. Knows nothing of URLs or connections.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/executor.h"

namespace corun {

/// Whether `text` is a token of RFC 9110: what a method or a header name may be.
bool is_token(std::string_view text);

/// Why `request`'s method, headers, body or rare settings can't be sent, for people; nothing if they can. libcurl would pass line
/// breaks on, and a Content-Length of the job's own would let one request hide another.
std::optional<std::string> problem_with(const HttpRequest& request);

/// Why `request` can't be sent to a URL of `protocol`, for people; nothing if it can. HTTP takes any.
std::optional<std::string> problem_with_protocol(const HttpRequest& request, Protocol protocol);

}  // namespace corun
