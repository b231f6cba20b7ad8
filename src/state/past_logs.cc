// Queries over jobs and attempts for their logs. Knows nothing of how they are shown.
#include "state/past_logs.h"

#include <unistd.h>

#include <utility>

#include "state/log_store.h"
#include "state/run_rows.h"

namespace corun {
namespace {

constexpr std::int64_t kNamedRuns = 20;      // whose jobs are taken for suggestions
constexpr std::size_t kMostNames = 100'000;  // of them
constexpr std::size_t kLookedAtRuns = 1000;  // for a job that hasn't ended

PastJob ended_job(PastRun run, const Statement& row) {
  PastJob job;
  job.run = std::move(run);
  job.ended = true;
  job.log = row.text(0);
  job.attempts = static_cast<std::uint32_t>(row.integer(1));
  return job;
}

}  // namespace

// One that has begun and hasn't ended has no row, only its log.
std::optional<PastJob> PastLogs::find_begun(const PastRun& run, std::string_view job) const {
  if (run.ended) return std::nullopt;
  PastJob begun;
  begun.run = run;
  begun.log = run.id + '/' + log_file_name(job);
  if (::access(path_of(begun).c_str(), F_OK) != 0) return std::nullopt;
  return begun;
}

std::optional<PastJob> PastLogs::find(const PastRun& run, std::string_view job) {
  Statement end =
      database_.prepare("SELECT log, attempts FROM job WHERE id BETWEEN ? AND ? AND name = ? ORDER BY id DESC LIMIT 1");
  const Rows rows = rows_of(run.number);
  end.with(rows.first, rows.last, job);
  if (end.next()) return ended_job(run, end);
  return find_begun(run, job);
}

std::optional<PastRun> PastLogs::run_of(std::int64_t number) {
  Statement id = database_.prepare("SELECT id FROM run WHERE number = ?");
  return id.with(number).next() ? runs_.find(id.text(0)) : std::nullopt;
}

std::optional<PastJob> PastLogs::find_last(std::string_view job) {
  Statement ends = database_.prepare("SELECT id FROM job WHERE name = ? AND attempts > 0 ORDER BY id DESC LIMIT 1");
  const std::int64_t newest = ends.with(job).next() ? run_of_row(ends.integer(0)) : 0;
  Statement open = database_.prepare("SELECT number FROM run WHERE ended IS NULL AND number > ? ORDER BY number DESC LIMIT ?");
  open.with(newest, kLookedAtRuns);
  while (open.next()) {
    const std::optional<PastRun> run = run_of(open.integer(0));
    if (!run) continue;
    if (std::optional<PastJob> begun = find_begun(*run, job)) return begun;
  }
  std::int64_t number = newest;
  if (number == 0) {
    Statement known = database_.prepare("SELECT id FROM job WHERE name = ? ORDER BY id DESC LIMIT 1");
    if (!known.with(job).next()) return std::nullopt;
    number = run_of_row(known.integer(0));
  }
  const std::optional<PastRun> run = run_of(number);
  return run ? find(*run, job) : std::nullopt;
}

LogRange PastLogs::range_of(const PastJob& past, std::string_view job, std::uint32_t number) {
  // The attempts of a job that an earlier run has done are that one's.
  const std::string log_run = past.log.substr(0, past.log.find('/'));
  Statement run = database_.prepare("SELECT number FROM run WHERE id = ?");
  const Rows rows = rows_of(run.with(std::string_view(log_run)).next() ? run.integer(0) : 0);
  Statement attempts = database_.prepare("SELECT number, log_end FROM attempt WHERE id BETWEEN ? AND ? AND job = ? ORDER BY id");
  attempts.with(rows.first, rows.last, job);
  LogRange range;
  std::uint32_t last = 0;
  while (attempts.next()) {
    const auto log_end = static_cast<std::uint64_t>(attempts.integer(1));
    last = static_cast<std::uint32_t>(attempts.integer(0));
    if (last < number) range.begin = log_end;
    if (last == number) {
      range.end = log_end;
      return range;
    }
  }
  range.known = number <= std::max(past.attempts, last + (past.ended ? 0 : 1));
  return range;
}

std::vector<std::string> PastLogs::names(const PastRun* run) {
  std::vector<std::string> names;
  std::int64_t first = 0;
  std::int64_t last = 0;
  if (run != nullptr) {
    first = last = run->number;
  } else {
    Statement newest = database_.prepare("SELECT MAX(number) FROM run");
    last = newest.next() ? newest.integer(0) : 0;
    first = last - kNamedRuns + 1;
  }
  Statement query = database_.prepare("SELECT DISTINCT name FROM job WHERE id BETWEEN ? AND ? LIMIT ?");
  query.with(rows_of(first).first, rows_of(last).last, kMostNames);
  while (query.next()) names.emplace_back(query.text(0));
  return names;
}

}  // namespace corun
