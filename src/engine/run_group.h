// Runs the jobs of one group, in the order of their needs, to the last one's end. Knows nothing of attempts or policies but
// gather.
#pragma once

#include <string>
#include <vector>

#include "engine/restore.h"
#include "engine/run_context.h"
#include "loop/cancel.h"
#include "loop/task.h"
#include "policy/gather.h"

namespace corun {

/// A group to run. All must outlive the run.
struct GroupRequest {
  const JobGroup& group;
  Gather* gather;                     ///< its verdict decides; null: every job runs (with --fail-fast, until one fails)
  const Job* owner;                   ///< the job that it is the inside of; null: it is the run's top level
  const RunningFile& file;            ///< whose jobs they are
  const Context& names;               ///< what its expressions see besides its own jobs
  bool completion_order = false;      ///< of the results
  std::int64_t counts_from = kNoRun;  ///< the number of the first earlier run of whose work something counts
};

/// The end of a group.
struct GroupEnd {
  Outcome outcome;                             ///< by the verdict: success, `group` with the first failure, or `cancelled`
  Json jobs;                                   ///< its jobs as `.jobs` has them, with those around it; null: nobody looks
  std::vector<std::string> jobs_with_secrets;  ///< those of its own jobs whose data hold one
  Json results;                                ///< a list of its jobs: name, state, outputs, error; null: nobody looks
};

/// Runs a group until every job has ended; the top level of a file is a group too. Members that aren't needed for the
/// verdict are cancelled. `scope` cancelled: nothing new starts, what runs is stopped, all is awaited.
Task<GroupEnd> run_group(RunContext& run, const GroupRequest& request, CancelScope& scope);

}  // namespace corun
