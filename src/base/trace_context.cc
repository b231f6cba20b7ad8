// W3C Trace Context. Knows nothing of what is traced.
#include "base/trace_context.h"

#include <algorithm>

namespace corun {
namespace {

constexpr std::size_t kSize = 55;  // 00-…32…-…16…-00
constexpr std::size_t kMostState = 512;
constexpr std::uint8_t kKnownFlags = 3;  // sampled, and that the trace's id is random

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view digits) { return digits.find_first_not_of('0') == std::string_view::npos; }

int value_of(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.size() < kSize || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  const std::string_view version = text.substr(0, 2);
  // A later version may have more to say.
  if (!is_hex(version) || version == "ff") return std::nullopt;
  if (text.size() > kSize && (version == "00" || text[kSize] != '-')) return std::nullopt;
  const std::string_view trace_id = text.substr(3, 32);
  const std::string_view span_id = text.substr(36, 16);
  const std::string_view flags = text.substr(53, 2);
  if (!is_hex(trace_id) || is_zero(trace_id) || !is_hex(span_id) || is_zero(span_id) || !is_hex(flags)) return std::nullopt;
  TraceContext context;
  context.trace_id = trace_id;
  context.span_id = span_id;
  context.flags = static_cast<std::uint8_t>((value_of(flags[0]) * 16 + value_of(flags[1])) & kKnownFlags);
  return context;
}

std::string checked_tracestate(std::string_view state) {
  const bool fits =
      state.size() <= kMostState && std::all_of(state.begin(), state.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return fits ? std::string(state) : std::string();
}

std::string traceparent(const TraceContext& context, std::string_view span_id) {
  std::string text = "00-" + context.trace_id + "-";
  text.append(span_id).append("-0");
  return text += static_cast<char>('0' + context.flags);
}

}  // namespace corun
