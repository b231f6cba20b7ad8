// What the methods of HTTP promise. Knows nothing of requests.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace corun {

/// Whether a request with `method` may be sent twice (RFC 9110 §9.2.2): GET HEAD OPTIONS TRACE PUT DELETE.
inline bool is_idempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> kIdempotent{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

}  // namespace corun
