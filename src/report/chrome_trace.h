// A run in the trace event format of Chrome, for Perfetto and chrome://tracing. Knows nothing of files.
#pragma once

#include <string>

#include "report/run_timeline.h"

namespace corun {

/// A JSON document. Jobs lie in as many rows as ran at once, in the first that was free; in them their attempts and the pauses
/// between them, and before them what they waited while that row was free. Groups have rows of their own; arrows go from what is
/// needed to what needs it; breakers, warnings and signals are instants.
std::string chrome_trace(const RunTimeline& timeline);

}  // namespace corun
