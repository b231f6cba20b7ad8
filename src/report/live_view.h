// What is shown of a run while it goes on, as rows: what runs, what waits for its next try, open breakers, how far it is. Knows
// nothing of terminals or when it is drawn.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "report/row.h"
#include "report/running_jobs.h"

namespace corun {

/// How far a run is.
struct RunProgress {
  std::size_t ended = 0;  ///< top-level jobs
  std::size_t total = 0;
  std::size_t failed = 0;
  TimePoint started{};
  std::optional<Duration> left;  ///< that it will still take, as earlier runs let expect
};

/// Where the rows go.
struct RowSpace {
  std::size_t columns = 80;
  std::size_t rows = 9;
};

/// At most 8 rows of jobs, at most 2 of breakers, and a status line; fewer where there is less space, the status line last.
std::vector<Row> live_rows(const RunningJobs& jobs, const RunProgress& progress, TimePoint now, RowSpace space);

/// When they will say something else though nothing happens: at the next second of the run, while a countdown is in its last
/// seconds ten times a second.
TimePoint next_change(const RunningJobs& jobs, const RunProgress& progress, TimePoint now);

/// `00:41`, `1:02:03`.
std::string clock_words(Duration duration);

}  // namespace corun
