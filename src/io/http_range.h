// What an answer to a request for the rest of a file means. Knows nothing of files or connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/http_response.h"

namespace corun {

/// The value of a Content-Range: `bytes 5-9/10`, `bytes 5-9/*`, or `bytes */10` of a 416.
struct ContentRange {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
  std::optional<std::uint64_t> total;
};

/// Nothing if `value` isn't a range of bytes that can be.
std::optional<ContentRange> parse_content_range(std::string_view value);

/// The response's ETag, strong or weak (`W/"…"`); "" if it has none.
std::string etag_of(const HttpHeaders& headers);

/// Whether equal tags mean equal bytes, so that a server may be asked for the rest by it.
bool is_strong(std::string_view etag);

/// Whether the body is encoded, so that its bytes aren't those of the file.
bool is_encoded(const HttpHeaders& headers);

struct RangeAnswer {
  enum class Kind : std::uint8_t {
    whole,       ///< the body is the whole file
    rest,        ///< the body is what is missing
    complete,    ///< nothing is missing: what is there is the file
    start_over,  ///< what is there is of no use: ask for the whole file
    unasked,     ///< a part of a file that was asked for whole
  };
  Kind kind = Kind::whole;
  std::optional<std::uint64_t> total = std::nullopt;  ///< size of the file, if the answer says it
  std::optional<std::uint64_t> end = std::nullopt;    ///< of a rest: where in the file it ends
};

/// What a response with `status` says when `have` bytes are there already (0: the whole file was asked for), with the
/// `etag` ("": unknown). Statuses other than 206 and 416 count as whole.
RangeAnswer range_answer(int status, const HttpHeaders& headers, std::uint64_t have, std::string_view etag);

}  // namespace corun
