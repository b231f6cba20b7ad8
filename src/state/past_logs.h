// Finds what a job has written, in which run, and where its attempts are in it. Knows nothing of how that is shown.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/past_runs.h"

namespace corun {

/// A job in a run.
struct PastJob {
  PastRun run;
  bool ended = false;          ///< else it runs, or its process is gone
  std::string log;             ///< `RUN/FILE` below the directory of logs; "": it has written nothing
  std::uint32_t attempts = 0;  ///< once it has ended
};

/// Where in a log an attempt is.
struct LogRange {
  std::uint64_t begin = 0;
  std::uint64_t end = std::numeric_limits<std::uint64_t>::max();  ///< the greatest number: where the log ends
  bool known = true;                                              ///< false: there was no such attempt so far
};

/// Queries over a database and the directory of logs; what goes wrong in the database is thrown as DatabaseError.
class PastLogs {
 public:
  /// `database` must outlive this.
  PastLogs(Database& database, std::string state_directory)
      : database_(database), directory_(std::move(state_directory)), runs_(database, directory_) {}

  /// The job in this run.
  std::optional<PastJob> find(const PastRun& run, std::string_view job);
  /// The same of one that has begun in a run without an end and hasn't ended, known by its log; no query is made.
  std::optional<PastJob> find_begun(const PastRun& run, std::string_view job) const;
  /// The job in the last run in which it began; else in the last one that knows it.
  std::optional<PastJob> find_last(std::string_view job);
  /// Where attempt `number` of the job is in its log.
  LogRange range_of(const PastJob& past, std::string_view job, std::uint32_t number);
  /// Names of jobs of the last runs, or of this one.
  std::vector<std::string> names(const PastRun* run);
  /// The log's file.
  std::string path_of(const PastJob& job) const { return directory_ + "/runs/" + job.log; }

 private:
  std::optional<PastRun> run_of(std::int64_t number);

  Database& database_;
  std::string directory_;
  PastRuns runs_;
};

}  // namespace corun
