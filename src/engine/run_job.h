// One job's life, from its first admission to its final state. Knows nothing of the graph around it.
#pragma once

#include "engine/member.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// Deadline of a job that becomes ready now, while it waits for its first admission.
TimePoint first_admission_deadline(const RunContext& run, const Job& job);

/// Lives a job through whose first verdict `member` has: attempts, pauses, fallback. In the end the job's result is final and
/// reported. `scope` is the group's.
Task<void> run_job(RunContext& run, Member& member, CancelScope& scope);

}  // namespace corun
