// The jobs of a past run that have left no end. Knows nothing of the documents made of them.
#pragma once

#include "graph/job.h"
#include "report/run_timeline.h"
#include "state/past_logs.h"

namespace corun {

/// Adds those jobs of `file` to the timeline of a run without an end that it lacks: what has a log has begun. The others are
/// added only if all jobs of the file were to run. Throws DatabaseError.
void add_open_jobs(RunTimeline& timeline, PastLogs& logs, const PastRun& run, const JobFile& file);

}  // namespace corun
