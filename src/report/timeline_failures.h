// Which ends of jobs fail a run, and which are pardoned. Knows nothing of how that is told.
#pragma once

#include <vector>

#include "report/run_timeline.h"

namespace corun {

/// Whether the job itself ended badly: it failed, or ran when the run's time was over or the run was killed.
bool ended_badly(const TimelineJob& job);

/// Why a bad end doesn't fail the run: it was allowed, or what is around it succeeded all the same; null: it does.
const char* pardon(const std::vector<TimelineJob>& jobs, const TimelineJob& job);

/// Those that failed the run, earliest end first; of a group and what failed in it only the latter.
std::vector<const TimelineJob*> root_failures(const RunTimeline& timeline);

}  // namespace corun
