// How header lines and bytes become a response. Knows nothing of libcurl.
#include "io/http_response.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "io/http_words.h"

namespace corun {
namespace {

constexpr std::size_t kUsualHeaders = 16;

}  // namespace

void HttpResponse::begin(std::size_t max_body) {
  headers_.clear();
  headers_.reserve(kUsualHeaders);
  body_.clear();
  max_body_ = max_body;
  header_bytes_ = 0;
  headers_complete_ = false;
  unclear_length_ = false;
  body_too_large_ = false;
}

bool HttpResponse::add_header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (too_many_headers()) return false;
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    headers_.clear();
    headers_complete_ = false;
    return true;
  }
  if (headers_complete_) return true;  // a trailer
  if (line.empty()) {
    headers_complete_ = true;
    return true;
  }
  if (line.front() == ' ' || line.front() == '\t') {  // the old way to go on in another line
    if (!headers_.empty()) headers_.back().second.append(1, ' ').append(trimmed(line));
    return true;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view name = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  // libcurl takes the last of several lengths, and none for one that is too large.
  if (equal_ignoring_case(name, "Content-Length")) {
    std::int64_t length = 0;
    const std::string* before = find_header(headers_, name);
    const bool too_large =
        std::from_chars(value.data(), value.data() + value.size(), length).ec == std::errc::result_out_of_range;
    unclear_length_ = too_large || (before != nullptr && *before != value);
    if (unclear_length_) return false;
  }
  headers_.emplace_back(name, value);
  return true;
}

bool HttpResponse::add_body(std::string_view bytes) {
  if (bytes.size() > max_body_ - body_.size()) {
    body_too_large_ = true;
    body_ = std::string();
    return false;
  }
  body_.append(bytes);
  return true;
}

const std::string* find_header(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [each, value] : headers) {
    if (equal_ignoring_case(each, name)) return &value;
  }
  return nullptr;
}

std::optional<Duration> retry_after(const std::string& value, WallTime now,
                                    std::time_t (*parse_date)(const char*, const std::time_t*)) {
  constexpr std::int64_t kMostSeconds = 365 * 24 * 3600;
  if (value.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  if (std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
    if (std::from_chars(value.data(), value.data() + value.size(), seconds).ec != std::errc()) seconds = kMostSeconds;
  } else {
    const std::int64_t date = parse_date(value.c_str(), nullptr);
    if (date == -1) return std::nullopt;
    seconds = date - std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  }
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kMostSeconds));
}

}  // namespace corun
