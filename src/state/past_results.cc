// Reads how the jobs of a past run ended. Knows nothing of how that is shown.
#include "state/past_results.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "state/job_marks.h"
#include "state/run_rows.h"

namespace corun {
namespace {

using Attempts = std::unordered_map<std::string, std::vector<PastAttempt>>;

Duration microseconds(std::int64_t count) { return std::chrono::microseconds(count); }

Duration since(const PastRun& run, std::int64_t milliseconds) { return std::chrono::milliseconds(milliseconds - run.started); }

Attempts attempts_of(Database& database, const PastRun& run) {
  Attempts attempts;
  Statement rows = database.prepare(
      "SELECT job, number, started, elapsed, kind, message, log_end, beside FROM attempt WHERE id BETWEEN ? AND ? ORDER BY id");
  rows.with(rows_of(run.number).first, rows_of(run.number).last);
  while (rows.next()) {
    PastAttempt attempt;
    attempt.number = static_cast<std::uint32_t>(rows.integer(1));
    attempt.started = since(run, rows.integer(2));
    attempt.ended = attempt.started + microseconds(rows.integer(3));
    attempt.kind = failure_kind_of(rows.integer(4));
    attempt.message = rows.text(5);
    attempt.log_end = static_cast<std::uint64_t>(rows.integer(6));
    attempt.beside = rows.integer(7) != 0;
    attempts[std::string(rows.text(0))].push_back(std::move(attempt));
  }
  return attempts;
}

}  // namespace

std::vector<PastResult> past_results(Database& database, const std::string& state_directory, const PastRun& run) {
  std::vector<PastResult> results;
  Attempts attempts = attempts_of(database, run);
  Statement rows = database.prepare(
      "SELECT name, marks, state, attempts, waited, started, elapsed, last_attempt, kind, exit_code, status, message, log FROM "
      "job WHERE id BETWEEN ? AND ? ORDER BY id");
  rows.with(rows_of(run.number).first, rows_of(run.number).last);
  while (rows.next()) {
    PastResult result;
    result.name = rows.text(0);
    const JobMarks marks = unpacked_marks(rows.integer(1));
    result.level = marks.level;
    result.state = job_state_of(rows.integer(2));
    result.restored = marks.restored;
    result.allowed = marks.allowed;
    result.cache = marks.cache;
    result.attempt_count = static_cast<std::uint32_t>(rows.integer(3));
    result.started = since(run, rows.integer(5));
    result.ready = std::max(Duration(0), result.started - microseconds(rows.integer(4)));  // starts are whole milliseconds
    result.ended = result.started + microseconds(rows.integer(6));
    result.last_attempt = result.started + microseconds(rows.integer(7));
    result.kind = failure_kind_of(rows.integer(8));
    result.exit_code = static_cast<int>(rows.integer(9));
    result.http_status = static_cast<int>(rows.integer(10));
    result.message = rows.text(11);
    if (const std::string_view log = rows.text(12); !log.empty()) result.log = state_directory + "/runs/" + std::string(log);
    if (const auto found = attempts.find(result.name); found != attempts.end()) {
      result.attempts = std::move(found->second);
      attempts.erase(found);
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace corun
