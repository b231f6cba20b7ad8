// How long jobs with `hedge: {after: p95}` usually take. Knows nothing of who wants to know.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "graph/job.h"
#include "state/database.h"

namespace corun {

struct UsualTime {
  std::size_t known = 0;        ///< earlier times, the last ones
  std::optional<Duration> p95;  ///< nothing: they are too few
};

/// What is known of the jobs of a file, by their names as written.
struct UsualTimes {
  bool has_state = false;
  std::unordered_map<std::string, UsualTime> by_job;
};

/// Of all jobs of `file` that want it, its graphs' included, in the last runs of `path` (absolute); `database` null: nothing is
/// known. Costs nothing if no job wants it, else some milliseconds at most. Throws DatabaseError.
UsualTimes usual_times(Database* database, std::string_view path, const JobFile& file);

/// Whether there is such a job.
bool wants_usual_times(const JobFile& file);

}  // namespace corun
