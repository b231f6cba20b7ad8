// A run's rows. Knows nothing of the graph.
#include "state/run_journal.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "state/retention.h"
#include "state/row_source.h"
#include "state/run_rows.h"

namespace corun {
namespace {

// Unless somebody waits for it a transaction comes so long after the last one at the earliest, and takes at most a twentieth of
// the time: what ends meanwhile shares the pages that are written.
constexpr Duration kRest = 10ms;
constexpr int kRestTimes = 20;
constexpr Duration kLongestRest = 100ms;
constexpr Duration kUnsynced = 800ms;  // how long what was written may be lost in a power cut: with what waits, under a second
constexpr Duration kRetryAfter = 1s;   // after trouble
// Beyond these, what can't be written is forgotten.
constexpr std::size_t kMostPending = 200'000;
constexpr std::size_t kMostPendingBytes = std::size_t{64} << 20;
// Logs longer than this are moved into the main file: in passing at the end of a run, and in any case.
constexpr std::uint64_t kLongLog = std::uint64_t{1} << 20;
constexpr std::uint64_t kLongestLog = std::uint64_t{16} << 20;

constexpr std::int64_t kRunsBetweenPrunes = 8;
constexpr Duration kLongRun = 5s;
constexpr Duration kPruneTime = 20ms;
constexpr int kPruneShare = 20;

JobMarks marks_of(const JobRecord& job) {
  return {job.level, job.result.restored, job.again, job.result.failure_allowed, job.result.cache};
}

// Microseconds after the first one; 0: there was no other.
std::int64_t last_attempt_after(const JobResult& result) {
  return result.last_attempt == TimePoint{} ? 0 : to_microseconds(result.last_attempt - result.started);
}

}  // namespace

// Columns are in the order of the table.
class RunJournal::JobRows final : public RowSource {
 public:
  JobRows(sqlite3* database, const RunJournal& journal) : RowSource(database, 17), journal_(journal) {}

  std::size_t row_count() const override { return journal_.pending_jobs_.size(); }
  void read(std::size_t row, int column, ColumnValue value) const override {
    const PendingJob& job = journal_.pending_jobs_[row];
    const JobResult& result = job.result;
    switch (column) {
      case 0: return value.set(journal_.next_row_ + static_cast<std::int64_t>(row));
      case 1: return value.set(job.name);
      case 2: return value.set(packed(job.marks));
      case 3: return value.set(static_cast<int>(result.state));
      case 4: return value.set(result.attempts);
      case 5: return value.set(to_microseconds(result.started - result.ready));
      case 6: return value.set(journal_.wall_milliseconds(result.started));
      case 7: return value.set(to_microseconds(result.ended - result.started));
      case 8: return value.set(last_attempt_after(result));
      case 9: return value.set(static_cast<int>(result.outcome.kind));
      case 10: return value.set(result.outcome.exit_code);
      case 11: return value.set(result.outcome.http_status);
      case 12: return value.set(result.outcome.message);
      case 13: return value.set(job.log);
      case 14: return value.set(static_cast<std::int64_t>(job.digest));
      case 15: return value.set(job.parts);
      case 16: return value.set(job.data);
      default: return;
    }
  }

 private:
  const RunJournal& journal_;
};

class RunJournal::AttemptRows final : public RowSource {
 public:
  AttemptRows(sqlite3* database, const RunJournal& journal) : RowSource(database, 9), journal_(journal) {}

  std::size_t row_count() const override { return journal_.pending_attempts_.size(); }
  void read(std::size_t row, int column, ColumnValue value) const override {
    const PendingAttempt& attempt = journal_.pending_attempts_[row];
    switch (column) {
      case 0: return value.set(journal_.next_row_ + static_cast<std::int64_t>(row));
      case 1: return value.set(attempt.job);
      case 2: return value.set(attempt.number);
      case 3: return value.set(journal_.wall_milliseconds(attempt.started));
      case 4: return value.set(to_microseconds(attempt.ended - attempt.started));
      case 5: return value.set(static_cast<int>(attempt.kind));
      case 6: return value.set(attempt.message);
      case 7: return value.set(static_cast<std::int64_t>(attempt.log_end));
      case 8: return value.set(attempt.beside);
      default: return;
    }
  }

 private:
  const RunJournal& journal_;
};

struct RunJournal::Statements {
  Statements(Database& database, const RunJournal& journal)
      : jobs(database.connection(), journal),
        attempts(database.connection(), journal),
        write_jobs(database.prepare("INSERT INTO job SELECT * FROM " + jobs.name())),
        write_attempts(database.prepare("INSERT INTO attempt SELECT * FROM " + attempts.name())) {}

  JobRows jobs;
  AttemptRows attempts;
  Statement write_jobs;
  Statement write_attempts;
};

RunJournal::RunJournal(Store& store, RunRecord run, const Clock& clock)
    : store_(store), run_(std::move(run)), clock_(clock), start_(clock.now()), wall_start_(clock.wall_now()) {}

RunJournal::~RunJournal() = default;

const EarlierJob* RunJournal::earlier(std::string_view name) const {
  const auto found = earlier_.find(std::string(name));
  return found == earlier_.end() ? nullptr : &found->second;
}

std::int64_t RunJournal::wall_milliseconds(TimePoint time) const { return to_milliseconds(wall_start_ + (time - start_)); }

void RunJournal::job_ended(const JobRecord& job) {
  if (pending_jobs_.size() >= kMostPending || pending_bytes_ >= kMostPendingBytes) {
    complete_ = false;
    return;
  }
  pending_bytes_ += job.data.size();
  data_bytes_ += job.data.size();
  pending_jobs_.push_back(PendingJob{std::string(job.name), marks_of(job), job.result, job.digest, job.parts, job.data, job.log});
}

void RunJournal::attempt_ended(const AttemptRecord& attempt) {
  if (pending_attempts_.size() >= kMostPending) {
    complete_ = false;
    return;
  }
  pending_attempts_.push_back(PendingAttempt{std::string(attempt.job), attempt.number, attempt.outcome.kind,
                                             attempt.outcome.message, attempt.started, attempt.ended, attempt.log_end,
                                             attempt.beside});
}

void RunJournal::settle() {
  if (has_pending()) write();
}

std::int64_t RunJournal::number() {
  if (number_ == 0) settle();
  return lock_ ? number_ : 0;
}

void RunJournal::turn_ended() {
  const TimePoint now = clock_.now();
  if (has_pending() && now >= next_write_) write();
  if (now >= next_sync_) sync(now);
}

TimePoint RunJournal::due() const {
  if (store_.directory().empty()) return TimePoint::max();
  return std::min(has_pending() ? next_write_ : TimePoint::max(), next_sync_);
}

void RunJournal::begin_run(Database& database) {
  database.prepare("INSERT INTO run(id, file, name, directory, arguments, earlier, jobs, started) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
      .with(run_.id, run_.file, run_.name, run_.directory, run_.arguments, run_.earlier, run_.jobs, wall_milliseconds(start_))
      .run();
}

// Whether all that was pending is in the database now.
bool RunJournal::write() {
  Database* database = store_.database();
  if (database == nullptr) {  // and never will be
    pending_jobs_.clear();
    pending_attempts_.clear();
    complete_ = false;
    next_write_ = TimePoint::max();
    return false;
  }
  const TimePoint begin = clock_.now();
  try {
    if (statements_ == nullptr) statements_ = std::make_unique<Statements>(*database, *this);
    std::int64_t number = number_;
    database->write([&] {
      if (number == 0) {
        begin_run(*database);
        number = database->last_row();
        next_row_ = rows_of(number).first;
        lock_ = RunLock::take(store_.directory(), number);
      }
      if (!pending_attempts_.empty()) statements_->write_attempts.with().run();
      if (!pending_jobs_.empty()) statements_->write_jobs.with().run();
    });
    number_ = number;
    next_row_ += static_cast<std::int64_t>(std::max(pending_attempts_.size(), pending_jobs_.size()));
    pending_jobs_.clear();
    pending_attempts_.clear();
    pending_bytes_ = 0;
    const TimePoint end = clock_.now();
    next_write_ = end + std::clamp<Duration>((end - begin) * kRestTimes, kRest, kLongestRest);
    next_sync_ = std::min(next_sync_, end + kUnsynced);
    return true;
  } catch (const DatabaseError& error) {
    if (number_ == 0) lock_.reset();  // the number may be another run's by now
    store_.report(error);
    next_write_ = clock_.now() + kRetryAfter;
    return false;
  }
}

void RunJournal::sync(TimePoint now) {
  next_sync_ = TimePoint::max();
  Database* database = store_.database();
  if (database == nullptr) return;
  try {
    database->sync();
    if (database->log_size() > kLongestLog) database->checkpoint();
  } catch (const DatabaseError& error) {
    store_.report(error);
    next_sync_ = now + kRetryAfter;
  }
}

void RunJournal::run_ended(int exit_code, const char* verdict, std::uint64_t log_bytes) {
  Database* database = store_.database();
  if (database == nullptr) return;
  database->take_heart();
  if (has_pending() && !write()) return;
  try {
    const TimePoint now = clock_.now();
    Statement end = database->prepare("UPDATE run SET ended = ?, exit_code = ?, verdict = ?, bytes = ? WHERE number = ?");
    database->write(
        [&] { end.with(wall_milliseconds(now), exit_code, std::string_view(verdict), log_bytes + data_bytes_, number_).run(); });
    // Of a short run that has succeeded a power cut costs no more than its line in the history.
    if (exit_code != 0 || now - start_ >= kUnsynced) database->sync();
    if (database->log_size() > kLongLog) database->checkpoint();
    if (database->is_gone()) throw DatabaseError(SQLITE_IOERR, "it was removed during the run");
  } catch (const DatabaseError& error) {
    complete_ = false;
    store_.report(error);
  }
}

// Every few runs, since looking costs about a millisecond; a long run is followed by a longer time, so that what it has added can
// be removed as fast.
void RunJournal::prune() {
  const Duration elapsed = clock_.now() - start_;
  Database* database = store_.database();
  if (database == nullptr || number_ == 0 || (number_ % kRunsBetweenPrunes != 0 && elapsed < kLongRun)) return;
  try {
    const std::int64_t now = to_milliseconds(clock_.wall_now());
    database->set_patience(kPruneTime);  // nothing comes after this
    Retention(*database, store_.directory()).prune(now, RetentionLimits(), std::max<Duration>(kPruneTime, elapsed / kPruneShare));
  } catch (const DatabaseError& error) {
    if (error.code() != SQLITE_BUSY) store_.report(error);  // somebody else's turn
  }
}

}  // namespace corun
