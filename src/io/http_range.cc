// The rules of ranges (RFC 9110 §14). Knows nothing of files or connections.
#include "io/http_range.h"

#include <algorithm>
#include <charconv>

#include "io/http_words.h"

namespace corun {
namespace {

// The whole of `text` as a number.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view without_weakness(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

// Whether the response says that it is about another file than `etag`'s: even weak tags that differ mean other bytes.
bool is_of_another(const HttpHeaders& headers, std::string_view etag) {
  const std::string now = etag_of(headers);
  return !etag.empty() && !now.empty() && without_weakness(now) != without_weakness(etag);
}

RangeAnswer rest_or_start_over(const HttpHeaders& headers, std::uint64_t have, std::string_view etag) {
  const RangeAnswer start_over{RangeAnswer::Kind::start_over};
  const std::string* value = find_header(headers, "Content-Range");
  if (value == nullptr || is_encoded(headers)) return start_over;
  const std::optional<ContentRange> range = parse_content_range(*value);
  if (!range || range->first != have) return start_over;
  if (is_of_another(headers, etag)) return start_over;
  return {RangeAnswer::Kind::rest, range->total, *range->last + 1};
}

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view value) {
  constexpr std::string_view kUnit = "bytes ";
  if (!equal_ignoring_case(value.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  value = trimmed(value.substr(kUnit.size()));
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view span = value.substr(0, slash);
  const std::string_view total = value.substr(slash + 1);
  ContentRange range;
  if (total != "*") {
    range.total = number(total);
    if (!range.total) return std::nullopt;
  }
  if (span == "*") return range.total ? std::optional(range) : std::nullopt;
  const std::size_t dash = std::min(span.find('-'), span.size());
  range.first = number(span.substr(0, dash));
  range.last = number(span.substr(std::min(dash + 1, span.size())));
  if (!range.first || !range.last || *range.first > *range.last) return std::nullopt;
  if (range.total && *range.last >= *range.total) return std::nullopt;
  return range;
}

std::string etag_of(const HttpHeaders& headers) {
  const std::string* value = find_header(headers, "ETag");
  if (value == nullptr) return {};
  const std::string_view tag = without_weakness(*value);
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return {};
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '"'; };
  return std::all_of(tag.begin() + 1, tag.end() - 1, is_plain) ? *value : std::string();
}

bool is_strong(std::string_view etag) { return etag.starts_with('"'); }

bool is_encoded(const HttpHeaders& headers) {
  const std::string* coding = find_header(headers, "Content-Encoding");
  return coding != nullptr && !coding->empty() && !equal_ignoring_case(*coding, "identity");
}

RangeAnswer range_answer(int status, const HttpHeaders& headers, std::uint64_t have, std::string_view etag) {
  if (status == 206) {
    if (have == 0) return {RangeAnswer::Kind::unasked};
    return rest_or_start_over(headers, have, etag);
  }
  if (status == 416 && have > 0) {
    const std::string* value = find_header(headers, "Content-Range");
    const std::optional<ContentRange> range = value != nullptr ? parse_content_range(*value) : std::nullopt;
    const bool complete = range && !range->first && range->total == have && !is_of_another(headers, etag);
    return {complete ? RangeAnswer::Kind::complete : RangeAnswer::Kind::start_over, have};
  }
  return {RangeAnswer::Kind::whole};
}

}  // namespace corun
