// One attempt of a job's action: its deadline, its executor, its verdict. Knows nothing of retries, breakers or queues.
#pragma once

#include "engine/run_context.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// An attempt to make. All must live until it has ended.
struct AttemptRequest {
  const Job& job;
  const Action& action;  ///< the job's own, or its fallback
  std::uint32_t number = 1;
  JobLog* log = nullptr;  ///< takes the output of a process
};

/// Makes the attempt within the job's `timeout` and judges it by `expect`. A deadline of its own gives attempt_timeout;
/// `scope` cancelled gives cancelled with the scope's reason.
Task<ActionResult> run_attempt(RunContext& run, const AttemptRequest& request, CancelScope& scope);

}  // namespace corun
