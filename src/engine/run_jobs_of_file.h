// Runs the jobs of one file and what follows them, whether the file is the run's or a graph's. Knows nothing of attempts.
#pragma once

#include <string>
#include <vector>

#include "engine/run_context.h"
#include "engine/running_file.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

/// The end of a file's jobs and callbacks.
struct FileEnd {
  Outcome outcome;                             ///< success if no job has failed; else as of a group
  CancelReason stopped = CancelReason::none;   ///< why the jobs ended early
  Json jobs;                                   ///< the jobs as `.jobs` has them; null: nobody looks
  std::vector<std::string> jobs_with_secrets;  ///< those of them whose data hold one
  Json results;                                ///< the jobs of a graph as `.results` has them; null: nobody looks

  /// Sets `.jobs` in `names`, if anybody looks.
  void add_to(Context& names) const;
};

/// Runs every job of the file; what needs no failed job goes on. Then its `on_success` or `on_failure`, then its `finally`, both
/// shielded from whatever has ended the jobs. `owner`: the job that is this graph; null: the file is the run's.
/// `counts_from`: the number of the first earlier run of whose work on the jobs something counts.
Task<FileEnd> run_jobs_of_file(RunContext& run, const RunningFile& running, const Job* owner, std::int64_t counts_from,
                               CancelScope& scope);

}  // namespace corun
