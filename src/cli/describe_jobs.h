// Adds to what happened in a run what the job file says of its jobs. Knows nothing of how the run was recorded.
#pragma once

#include <string>
#include <string_view>

#include "graph/job.h"
#include "report/run_timeline.h"

namespace corun {

/// Fills in descriptions, tags, actions and policies in words, places, needs and groups; jobs are found by their names, so
/// `file` may be another version than the one that was run. With null there are only groups, which names tell.
void describe_jobs(RunTimeline& timeline, const JobFile* file);

/// What a job does in one line, as it is written: `./load.sh --count 3`, `GET https://example.com/`, `sleep 5s`.
std::string action_line(const Action& action);

/// A job's name without the items that it is inside of, or is: `pages[3]/save` → `pages/save`.
std::string without_items(std::string_view name);

}  // namespace corun
