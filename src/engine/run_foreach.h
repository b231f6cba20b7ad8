// Runs one job for every item of a list. Knows nothing of attempts or of the graph around the job.
#pragma once

#include "engine/member.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// Runs the job that `member` stands for once an item, as many at once as `max_concurrent` allows, and ends the member: memory is
/// bounded by what runs at once, and by the outputs if anybody looks at them. `scope` is the group's.
Task<void> run_foreach(RunContext& run, Member& member, CancelScope& scope);

}  // namespace corun
