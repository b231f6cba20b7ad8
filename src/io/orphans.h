// Finds and ends processes that a run has left behind when it was killed. Knows nothing of what runs and jobs are.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace corun {

/// Ends this user's processes that have CORUN_RUN set to one of `runs` in the environment they were started with, unless
/// `spares` holds for their CORUN_JOB: SIGTERM, `grace`, SIGKILL. Gives how many there were; blocks until they are gone.
///
/// By the environment rather than by recorded pids: it goes with whatever a job has started, whichever group or session that
/// has moved to, and a pid that is in use again can't be mistaken for it.
std::size_t end_orphans(const std::vector<std::string>& runs, const std::function<bool(std::string_view job)>& spares,
                        Duration grace);

}  // namespace corun
