// What the state directory has of a past run, as a timeline. Knows nothing of the documents made of it.
#pragma once

#include "cli/past_state.h"
#include "report/run_timeline.h"
#include "state/past_runs.h"

namespace corun {

/// The run with its jobs, the ends of their logs included; what the job file says is added if that can still be read. Throws
/// DatabaseError.
RunTimeline past_timeline(const PastState& state, const PastRun& run);

}  // namespace corun
