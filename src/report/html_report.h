// A run as one HTML page that needs nothing else. Knows nothing of what its scripts make of the data.
#pragma once

#include <string>

#include "report/run_timeline.h"

namespace corun {

/// The page. Whatever the run's jobs are called and have written is text in it, never markup.
std::string html_report(const RunTimeline& timeline);

}  // namespace corun
