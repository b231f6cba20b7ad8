// One job's life, from its first admission to its final state. Knows nothing of the graph around it.
#pragma once

#include "engine/member.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// `member`, whose job isn't for many items, is ready: asks for its first admission. One with `cache` looks there first and needs
/// nothing for that.
void ask_for_admission(RunContext& run, Member& member);

/// Lives a job through whose first verdict `member` has: attempts, pauses, fallback. In the end the job's result is final and
/// reported. `scope` is the group's.
Task<void> run_job(RunContext& run, Member& member, CancelScope& scope);

}  // namespace corun
