// Looks up what earlier runs have left. Knows nothing of how a run is resumed or shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/run_journal.h"
#include "state/store.h"

namespace corun {

/// A run as the database has it.
struct PastRun {
  std::int64_t number = 0;
  std::string id;
  std::string file;
  std::string name;
  std::string directory;
  std::string arguments;              ///< JSON: a list
  std::string earlier;                ///< the run that it takes up; "": none
  std::size_t jobs = 0;               ///< at the top
  std::int64_t started = 0;           ///< milliseconds since 1970
  std::optional<std::int64_t> ended;  ///< the same; nothing: it runs, or its process is gone
  std::optional<int> exit_code;
  std::string verdict;  ///< one word: "succeeded", "failed", "interrupted"…; "" as long as it hasn't ended

  bool succeeded() const { return exit_code == 0; }
};

/// Queries over a database; whatever goes wrong is thrown as DatabaseError.
class PastRuns {
 public:
  /// `database` must outlive this.
  PastRuns(Database& database, std::string state_directory) : database_(database), directory_(std::move(state_directory)) {}

  /// The newest run whose id begins with `id`.
  std::optional<PastRun> find(std::string_view id);
  /// The newest run of a job file (an absolute path; "": of any).
  std::optional<PastRun> last_of(std::string_view file);
  /// Runs of a job file ("": of any), newest first; at most `most` of them.
  std::vector<PastRun> newest(std::string_view file, std::size_t most);
  /// Runs whose ids begin with `id`, newest first; at most `most` of them.
  std::vector<PastRun> matching(std::string_view id, std::size_t most);
  /// How many of its jobs at the top ended in which state.
  std::vector<std::pair<JobState, std::size_t>> counts_of(const PastRun& run);
  /// How long its jobs at the top took that were run and succeeded; looks at no more than `most` jobs.
  std::vector<std::pair<std::string, Duration>> times_of(const PastRun& run, std::size_t most);
  /// The same of what ran inside of them, groups and items as well.
  std::vector<std::pair<std::string, Duration>> times_inside(const PastRun& run, std::size_t most);
  /// Runs of a job file that began after `since` (milliseconds since 1970) and have succeeded, newest first, at most 100.
  std::vector<PastRun> successes_since(std::string_view file, std::int64_t since);
  /// Whether its process lives.
  bool is_running(const PastRun& run) const { return !run.ended && RunLock::is_taken(directory_, run.number); }
  /// The newest of the runs that have taken it up, or taken up one that has, and so on; the run itself if there is none.
  PastRun latest_of(PastRun run);
  /// The run, then the one that it takes up, and so on.
  std::vector<PastRun> chain_of(PastRun run);
  /// How jobs ended last in a chain of runs, newest first.
  EarlierJobs jobs_of(const std::vector<PastRun>& chain);

 private:
  std::vector<std::pair<std::string, Duration>> times(const PastRun& run, std::size_t most, JobLevel level);
  std::optional<PastRun> first(Statement& query);
  static std::vector<PastRun> all(Statement& query);

  Database& database_;
  std::string directory_;
};

}  // namespace corun
