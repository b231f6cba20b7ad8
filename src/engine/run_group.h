// Runs the jobs of one group, in the order of their needs, to the last one's end. Knows nothing of attempts or policies but
// gather.
#pragma once

#include "engine/run_context.h"
#include "loop/cancel.h"
#include "loop/task.h"
#include "policy/gather.h"

namespace corun {

/// Runs `group` until every job has ended; the top level of a file is a group too. With `gather` its verdict decides, and
/// the members that aren't needed for it are cancelled; null: every job runs (with --fail-fast, until one fails). `scope`
/// cancelled: nothing new starts, what runs is stopped, all is awaited. Gives success, `group` with the first failure, or
/// `cancelled`.
Task<Outcome> run_group(RunContext& run, const JobGroup& group, Gather* gather, CancelScope& scope);

}  // namespace corun
