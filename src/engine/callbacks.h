// What a job does after its end. Knows nothing of how it came to it.
#pragma once

#include <memory>

#include "engine/job_names.h"
#include "engine/member.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// Whether the job has any callback. An item of a foreach has none: they are of the whole.
inline bool has_callbacks(const Job& job) {
  const JobFlow* flow = job.written().flow.get();
  return flow != nullptr && job.siblings == 0 && (flow->on_success || flow->on_failure || flow->finally);
}

/// Carries out `on_success` or `on_failure`, by `outcome`, then `finally`; shielded from whatever ended the job. A callback
/// that fails is a warning: it changes nothing about the job. `names`, `log` (made if there is none) and `scope` are the job's.
Task<void> run_callbacks(RunContext& run, Member& member, const JobNames& names, const Outcome& outcome,
                         std::unique_ptr<JobLog>& log, CancelScope& scope);

}  // namespace corun
