// Takes a lock that another run may have: skips, waits or replaces that run. Knows nothing of job files or of what is run.
#pragma once

#include <optional>
#include <string>

#include "graph/job.h"
#include "loop/cancel.h"
#include "loop/loop.h"
#include "loop/task.h"
#include "report/report.h"
#include "state/lock_file.h"

namespace corun {

/// The lock that a run needs, and what it does if another one has it.
struct LockRequest {
  std::string name;  ///< of the lock, for people
  std::string run_id;
  std::string outer_run;  ///< the run whose job this run is; "": none
  std::string file;
  Concurrency::OnConflict on_conflict = Concurrency::OnConflict::skip;
  std::optional<Duration> most;  ///< that is waited; nothing: until the other run is older than `max_age`
  Duration max_age = 24h;
  Duration grace = 30s;  ///< until a run that is replaced is killed
};

/// What came of it.
struct LockEnd {
  enum class Verdict : std::uint8_t {
    taken,
    skipped,  ///< all is well: the other run does the work
    busy,     ///< it isn't: the other run hangs, or waiting had no end
    stopped,  ///< by the scope
  };
  Verdict verdict = Verdict::taken;
  std::string message;  ///< for people, unless it was taken
  bool waited = false;
};

/// A run that skips is told of as busy after so many in a row.
inline constexpr std::uint64_t kMostSkips = 3;

/// Takes `lock`, and writes this process into it. What runs of a run that had it and was killed is ended.
Task<LockEnd> take_lock(Loop& loop, LockFile& lock, const LockRequest& request, Report& report, CancelScope& scope);

/// Whether whoever has written `holder` still lives; nothing: it can't be known from here.
std::optional<bool> is_alive(const LockHolder& holder);

}  // namespace corun
