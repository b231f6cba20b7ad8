// Where a run stands in a distributed trace, as W3C Trace Context says it. Knows nothing of what is traced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace corun {

/// A span of a trace.
struct TraceContext {
  std::string trace_id;    ///< 32 hexadecimal digits in lower case, not all 0
  std::string span_id;     ///< 16 of them, the same
  std::uint8_t flags = 0;  ///< kTraceSampled
  std::string state;       ///< what others want to be passed on; "": nothing

  bool is_sampled() const;
};

inline constexpr std::uint8_t kTraceSampled = 1;

inline bool TraceContext::is_sampled() const { return (flags & kTraceSampled) != 0; }

/// The context that `traceparent` names, of this version or a later one; nothing if it is invalid.
std::optional<TraceContext> parse_traceparent(std::string_view traceparent);

/// `state` if it can be a header, else "".
std::string checked_tracestate(std::string_view state);

/// The value of `traceparent` for those that the span `span_id` of the same trace calls.
std::string traceparent(const TraceContext& context, std::string_view span_id);

}  // namespace corun
