// Queries over jobs and attempts for their logs. Knows nothing of how they are shown.
#include "state/past_logs.h"

#include <unistd.h>

#include <utility>

#include "state/log_store.h"

namespace corun {
namespace {

constexpr std::size_t kNamedRuns = 20;       // whose jobs are taken for suggestions
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
  Statement end = database_.prepare("SELECT log, attempts FROM job WHERE run = ? AND name = ? ORDER BY sequence DESC LIMIT 1");
  end.with(run.number, job);
  if (end.next()) return ended_job(run, end);
  return find_begun(run, job);
}

std::optional<PastRun> PastLogs::run_of(std::int64_t number) {
  Statement id = database_.prepare("SELECT id FROM run WHERE number = ?");
  return id.with(number).next() ? runs_.find(id.text(0)) : std::nullopt;
}

std::optional<PastJob> PastLogs::find_last(std::string_view job) {
  Statement ends =
      database_.prepare("SELECT run FROM job WHERE name = ? AND attempts > 0 ORDER BY run DESC, sequence DESC LIMIT 1");
  const std::int64_t newest = ends.with(job).next() ? ends.integer(0) : 0;
  Statement open = database_.prepare("SELECT number FROM run WHERE ended IS NULL AND number > ? ORDER BY number DESC LIMIT ?");
  open.with(newest, kLookedAtRuns);
  while (open.next()) {
    const std::optional<PastRun> run = run_of(open.integer(0));
    if (!run) continue;
    if (std::optional<PastJob> begun = find_begun(*run, job)) return begun;
  }
  std::int64_t number = newest;
  if (number == 0) {
    Statement known = database_.prepare("SELECT run FROM job WHERE name = ? ORDER BY run DESC LIMIT 1");
    if (!known.with(job).next()) return std::nullopt;
    number = known.integer(0);
  }
  const std::optional<PastRun> run = run_of(number);
  return run ? find(*run, job) : std::nullopt;
}

LogRange PastLogs::range_of(const PastJob& past, std::string_view job, std::uint32_t number) {
  // The attempts of a job that an earlier run has done are that one's.
  const std::string log_run = past.log.substr(0, past.log.find('/'));
  Statement attempts = database_.prepare(
      "SELECT number, log_end FROM attempt WHERE run = (SELECT number FROM run WHERE id = ?) AND job = ? ORDER BY sequence");
  attempts.with(std::string_view(log_run), job);
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
  Statement query =
      database_.prepare(run != nullptr ? "SELECT DISTINCT name FROM job WHERE run = ? LIMIT ?"
                                       : "SELECT DISTINCT name FROM job WHERE run > (SELECT MAX(number) FROM run) - ? LIMIT ?");
  query.with(run != nullptr ? run->number : static_cast<std::int64_t>(kNamedRuns), kMostNames);
  while (query.next()) names.emplace_back(query.text(0));
  return names;
}

}  // namespace corun
