// A run's timeline as JSON, for programs and for the HTML report. Knows nothing of either.
#pragma once

#include <string>

#include "report/run_timeline.h"

namespace corun {

/// One object on one line, without a newline: `{"v":1,"run":…,"jobs":[{"name":…,"attempts":[…]}…],"events":[…]}`. Times are
/// seconds since the run's start; jobs name each other by their places.
std::string timeline_json(const RunTimeline& timeline);

}  // namespace corun
