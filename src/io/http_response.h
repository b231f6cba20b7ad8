// A response as it comes in: header lines and the decoded body, both bounded. Knows nothing of libcurl.
#pragma once

#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace corun {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header `name`, in either case; null if there is none.
const std::string* find_header(const HttpHeaders& headers, std::string_view name);

/// Collects one response.
class HttpResponse {
 public:
  /// Forgets everything; at most `max_body` bytes of body will be taken.
  void begin(std::size_t max_body);

  /// Takes a header line as it came, line end included. A status line starts over: only the last response counts. False
  /// if there are too many headers, or if they contradict each other about the body's length.
  bool add_header_line(std::string_view line);
  /// Takes decoded bytes of the body; false, and the body is dropped, if they are too many.
  bool add_body(std::string_view bytes);

  /// Whether the headers are complete.
  bool headers_complete() const { return headers_complete_; }
  /// Whether the head contradicts itself about where the body ends.
  bool unclear_length() const { return unclear_length_; }
  bool too_many_headers() const { return header_bytes_ > kMostHeaderBytes; }
  bool body_too_large() const { return body_too_large_; }
  const HttpHeaders& headers() const { return headers_; }
  HttpHeaders take_headers() { return std::move(headers_); }
  std::string take_body() { return std::move(body_); }
  std::size_t body_size() const { return body_.size(); }

 private:
  static constexpr std::size_t kMostHeaderBytes = 256 * 1024;

  HttpHeaders headers_;
  std::string body_;
  std::size_t max_body_ = 0;
  std::size_t header_bytes_ = 0;
  bool headers_complete_ = false;
  bool unclear_length_ = false;
  bool body_too_large_ = false;
};

/// The wait a Retry-After asks for: `value` is a number of seconds or an HTTP date, which `parse_date` turns into seconds
/// since the epoch (-1 if it is none). A date in the past is 0, a wait of over a year is a year. Nothing if
/// `value` is neither.
std::optional<Duration> retry_after(const std::string& value, WallTime now,
                                    std::time_t (*parse_date)(const char*, const std::time_t*));

}  // namespace corun
