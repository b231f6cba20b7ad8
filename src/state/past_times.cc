// Reads times of jobs, run by run. Knows nothing of what is made of them.
#include "state/past_times.h"

#include <chrono>
#include <cstdint>
#include <vector>

#include "state/job_marks.h"
#include "state/run_rows.h"

namespace corun {

void take_past_times(Database& database, std::string_view file, std::size_t most_runs, std::size_t most_rows,
                     const TakeTime& take) {
  std::vector<std::int64_t> runs;
  Statement newest = database.prepare("SELECT number FROM run WHERE file = ? ORDER BY number DESC LIMIT ?");
  newest.with(file, most_runs);
  while (newest.next()) runs.push_back(newest.integer(0));
  Statement jobs = database.prepare("SELECT name, elapsed, state, marks, attempts FROM job WHERE id BETWEEN ? AND ? LIMIT ?");
  for (const std::int64_t run : runs) {
    jobs.with(rows_of(run).first, rows_of(run).last, most_rows);
    while (jobs.next()) {
      --most_rows;
      const JobMarks marks = unpacked_marks(jobs.integer(3));
      const bool ran = !marks.restored && marks.cache == CacheUse::none && jobs.integer(4) > 0;
      if (!ran || job_state_of(jobs.integer(2)) != JobState::succeeded) continue;
      if (!take(jobs.text(0), std::chrono::microseconds(jobs.integer(1)))) return;
    }
    if (most_rows == 0) return;
  }
}

}  // namespace corun
