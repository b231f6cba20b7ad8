// What a run's results mean as an exit code. Knows nothing of how the process ends.
#pragma once

#include <vector>

#include "base/job_result.h"
#include "graph/job.h"

namespace corun {

/// Exit codes of corun; sysexits.h where that has one.
enum ExitCode : int {
  kExitSuccess = 0,
  kExitFailure = 1,  ///< a job failed
  kExitUsage = 2,
  kExitInvalidFile = 65,  ///< EX_DATAERR
  kExitNoInput = 66,      ///< EX_NOINPUT: file missing, or the selection is empty
  kExitUnavailable = 69,  ///< EX_UNAVAILABLE: open breakers are the only cause
  kExitInternal = 70,     ///< EX_SOFTWARE
  kExitCantWrite = 73,    ///< EX_CANTCREAT: a report or the state can't be written
  kExitLockBusy = 75,     ///< EX_TEMPFAIL: another run is in the way
  kExitUndefined = 78,    ///< EX_CONFIG: undefined variable
  kExitTimeout = 124,     ///< the run's own timeout
  kExitSignalBase = 128,
};

/// The exit code of a run of `file` with these results (by Job::id). `stopped`: why it ended early; `signal`: which one, if
/// one did. Jobs left out by selection, `excluded` by id or empty, don't count. Degraded jobs and failures that are allowed
/// count as successes.
int exit_code(const JobFile& file, const std::vector<JobResult>& results, const std::vector<bool>& excluded, CancelReason stopped,
              int signal);

/// What an exit code says of a run in one word: succeeded, interrupted, timed_out, failed.
const char* verdict_word(int exit_code);

}  // namespace corun
