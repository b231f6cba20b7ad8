// Finds and ends processes that a run has left behind when it was killed. Knows nothing of what runs and jobs are.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace corun {

/// How many processes were found, and how many of them are still there in spite of all.
struct OrphansEnded {
  std::size_t found = 0;
  std::size_t left = 0;
};

/// "2 processes behind: ended".
std::string describe(const OrphansEnded& orphans);

/// Whether what a run (an index) has left of a job is to be left alone.
using SparesOrphan = std::function<bool(std::size_t run, std::string_view job)>;

/// Ends this user's processes that have CORUN_RUN set to one of `runs` in the environment they were started with, unless
/// `spares` holds for that run and their CORUN_JOB: SIGTERM, `grace`, SIGKILL. Blocks until they are gone, for a bounded time.
/// This process, and those that it was started by, are no orphans.
///
/// By the environment rather than by recorded pids: it goes with whatever a job has started, whichever group or session that
/// has moved to, and a pid that is in use again can't be mistaken for it.
OrphansEnded end_orphans(const std::vector<std::string>& runs, const SparesOrphan& spares, Duration grace);

}  // namespace corun
