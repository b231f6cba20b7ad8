// Which past runs are kept, and how the others go: rows and logs, a little at a time. Knows nothing of when it is called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "state/database.h"

namespace corun {

/// How much is kept of past runs.
struct RetentionLimits {
  Duration age = std::chrono::hours(24 * 30);
  Duration age_of_last = std::chrono::hours(24 * 400);  ///< of a job file's last run, and of its last success: some are yearly
  std::size_t runs_of_file = 100;                       ///< of each job file
  std::size_t runs = 2000;                              ///< of all
  std::uint64_t bytes = std::uint64_t{1} << 30;         ///< logs, and what jobs have handed on
  std::size_t unknown_logs = 100;                       ///< directories of logs of runs that the database doesn't know
};

/// What counts of a run.
struct StoredRun {
  std::int64_t number = 0;
  std::string id;
  std::string file;
  std::string earlier;
  std::int64_t started = 0;            ///< milliseconds since 1970
  std::optional<std::uint64_t> bytes;  ///< nothing: it has no end
  bool succeeded = false;
  bool stays_known = false;  ///< of one that goes: that it was, and how it ended, is kept
};

/// Those of `runs` (newest first) that needn't be kept. A run that one which is kept and hasn't succeeded takes up is kept too,
/// and the newest in any case. Of a job file's last run, and of its last success, logs and jobs may go, but not that it was.
std::vector<StoredRun> surplus(const std::vector<StoredRun>& runs, std::int64_t now, const RetentionLimits& limits);

/// How long so many runs may take to go, of which a few have `most`: where they gather faster than they go, longer.
Duration time_to_remove(std::size_t runs, Duration most);

/// Removes runs. Each step is a short transaction or a few files, so other processes wait for nothing; a run that lives, or that
/// one which lives takes up, is left alone. Whatever is left half done is gone on with the next time.
class Retention {
 public:
  /// `database` must outlive this.
  Retention(Database& database, std::string state_directory)
      : database_(database), directory_(std::move(state_directory)), runs_directory_(directory_ + "/runs") {}

  /// Removes what is beyond `limits` at `now` (milliseconds since 1970), for about so long. True: nothing is left to do. Throws
  /// DatabaseError.
  bool prune(std::int64_t now, const RetentionLimits& limits, Duration most);

 private:
  bool in_time() const { return std::chrono::steady_clock::now() < deadline_; }
  std::vector<StoredRun> stored_runs();
  void measure(StoredRun& run);
  void shrink();
  bool remove(const StoredRun& run);
  bool remove_rows(const char* table, std::int64_t number);
  bool remove_logs(const std::string& id) const;
  bool remove_unknown_logs(const std::vector<StoredRun>& known, std::size_t kept) const;

  Database& database_;
  std::string directory_;
  std::string runs_directory_;
  TimePoint deadline_{};
};

}  // namespace corun
