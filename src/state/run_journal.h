// Keeps a run's ends in the database as they come, many in one transaction. Knows nothing of the graph.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "state/job_marks.h"
#include "state/journal.h"
#include "state/run_lock.h"
#include "state/store.h"

namespace corun {

/// A run, as it is kept.
struct RunRecord {
  std::string id;
  std::string file;       ///< absolute
  std::string name;       ///< of the graph
  std::string directory;  ///< where it was started
  std::string arguments;  ///< JSON: a list
  std::string earlier;    ///< the run that it takes up; "": none
  std::size_t jobs = 0;   ///< at the top
};

/// What earlier runs have of jobs, by their names.
using EarlierJobs = std::unordered_map<std::string, EarlierJob>;

/// Ends are gathered and written when the turn of the loop is over, or when `settle` asks; writing takes at most a small share
/// of the time, so at a high rate of ends several turns share a transaction. What was written is on the disk a second later.
class RunJournal final : public Journal {
 public:
  /// All must outlive this. Nothing is written yet.
  RunJournal(Store& store, RunRecord run, const Clock& clock);
  ~RunJournal() override;

  /// Takes up what earlier runs have done.
  void take_up(EarlierJobs earlier) { earlier_ = std::move(earlier); }

  bool keeps() const override { return true; }
  void job_ended(const JobRecord& job) override;
  void attempt_ended(const AttemptRecord& attempt) override;
  void settle() override;
  bool resumes() const override { return !run_.earlier.empty(); }
  const EarlierJob* earlier(std::string_view name) const override;

  /// The run's number, by which other processes see that it lives; 0 if it can't have one. Must not be called inside a
  /// transaction.
  std::int64_t number();

  /// A turn of the loop is over: writes what is due.
  void turn_ended();
  /// When there will be something to do; TimePoint::max(): nothing is waiting.
  TimePoint due() const;
  /// The run has ended; `verdict` is one word.
  void run_ended(int exit_code, const char* verdict, std::uint64_t log_bytes);

  /// After that: removes old runs now and then, for a short time beside the run's own.
  void prune();

  /// Whether everything that was told is kept.
  bool is_complete() const { return complete_ && pending_jobs_.empty() && number_ != 0; }

 private:
  struct PendingJob {
    std::string name;
    JobMarks marks;
    JobResult result;
    std::uint64_t digest;
    std::uint16_t parts;
    std::string data;
    std::string log;
  };
  struct PendingAttempt {
    std::string job;
    std::uint32_t number;
    FailureKind kind;
    std::string message;
    TimePoint started;
    TimePoint ended;
    std::uint64_t log_end;
    bool beside;
  };
  class JobRows;
  class AttemptRows;
  struct Statements;

  bool has_pending() const { return number_ == 0 || !pending_jobs_.empty() || !pending_attempts_.empty(); }
  bool write();
  void begin_run(Database& database);
  std::int64_t wall_milliseconds(TimePoint time) const;
  void sync(TimePoint now);

  Store& store_;
  RunRecord run_;
  const Clock& clock_;
  TimePoint start_;
  WallTime wall_start_;
  std::int64_t number_ = 0;    // of the run in the database; 0: it isn't there yet
  std::int64_t next_row_ = 0;  // its id, in either table
  std::optional<RunLock> lock_;
  std::unique_ptr<Statements> statements_;
  std::vector<PendingJob> pending_jobs_;
  std::vector<PendingAttempt> pending_attempts_;
  std::size_t pending_bytes_ = 0;
  std::uint64_t data_bytes_ = 0;  // that were told in all
  TimePoint next_write_{};
  TimePoint next_sync_ = TimePoint::max();
  bool complete_ = true;
  EarlierJobs earlier_;
};

}  // namespace corun
