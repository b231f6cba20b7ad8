// Queries over past runs. Knows nothing of how they are shown.
#include "state/past_runs.h"

#include <algorithm>
#include <utility>

#include "state/job_marks.h"
#include "state/run_rows.h"

namespace corun {
namespace {

constexpr const char* kColumns =
    "SELECT number, id, file, name, directory, arguments, earlier, jobs, started, ended, exit_code, verdict FROM run ";
constexpr std::size_t kLongestChain = 1000;

std::string query(const char* rest) { return std::string(kColumns) + rest; }

PastRun read_run(const Statement& row) {
  PastRun run;
  run.number = row.integer(0);
  run.id = row.text(1);
  run.file = row.text(2);
  run.name = row.text(3);
  run.directory = row.text(4);
  run.arguments = row.text(5);
  run.earlier = row.text(6);
  run.jobs = static_cast<std::size_t>(row.integer(7));
  run.started = row.integer(8);
  if (!row.is_null(9)) run.ended = row.integer(9);
  if (!row.is_null(10)) run.exit_code = static_cast<int>(row.integer(10));
  run.verdict = row.text(11);
  return run;
}

EarlierJob read_job(const Statement& row) {
  EarlierJob job;
  job.result.state = job_state_of(row.integer(1));
  job.result.attempts = static_cast<std::uint32_t>(row.integer(2));
  job.result.started = TimePoint(std::chrono::milliseconds(row.integer(3)));
  job.result.ended = job.result.started + std::chrono::microseconds(row.integer(4));
  job.result.ready = job.result.started;
  job.result.outcome.kind = failure_kind_of(row.integer(11));
  job.result.outcome.exit_code = static_cast<int>(row.integer(5));
  job.result.outcome.message = row.text(6);
  job.log = row.text(7);
  job.digest = static_cast<std::uint64_t>(row.integer(8));
  job.parts = static_cast<std::uint16_t>(row.integer(9));
  job.data = row.text(10);
  return job;
}

}  // namespace

std::optional<PastRun> PastRuns::first(Statement& query) {
  if (!query.next()) return std::nullopt;
  return read_run(query);
}

std::vector<PastRun> PastRuns::all(Statement& query) {
  std::vector<PastRun> runs;
  while (query.next()) runs.push_back(read_run(query));
  return runs;
}

std::vector<PastRun> PastRuns::newest(std::string_view file, std::size_t most) {
  Statement runs =
      database_.prepare(query(file.empty() ? "ORDER BY number DESC LIMIT ?" : "WHERE file = ? ORDER BY number DESC LIMIT ?"));
  return file.empty() ? all(runs.with(most)) : all(runs.with(file, most));
}

std::vector<PastRun> PastRuns::matching(std::string_view id, std::size_t most) {
  Statement by_id = database_.prepare(query("WHERE substr(id, 1, ?) = ? ORDER BY number DESC LIMIT ?"));
  return all(by_id.with(id.size(), id, most));
}

std::vector<std::pair<JobState, std::size_t>> PastRuns::counts_of(const PastRun& run) {
  std::vector<std::pair<JobState, std::size_t>> counts;
  Statement states =
      database_.prepare("SELECT state, COUNT(*) FROM job WHERE id BETWEEN ? AND ? AND marks & 3 = 0 GROUP BY state");
  states.with(rows_of(run.number).first, rows_of(run.number).last);
  while (states.next()) counts.emplace_back(job_state_of(states.integer(0)), static_cast<std::size_t>(states.integer(1)));
  std::sort(counts.begin(), counts.end());
  return counts;
}

std::vector<std::pair<std::string, Duration>> PastRuns::times(const PastRun& run, std::size_t most, JobLevel level) {
  std::vector<std::pair<std::string, Duration>> times;
  Statement jobs = database_.prepare("SELECT name, elapsed, state, marks FROM job WHERE id BETWEEN ? AND ? LIMIT ?");
  jobs.with(rows_of(run.number).first, rows_of(run.number).last, most);
  while (jobs.next()) {
    const JobMarks marks = unpacked_marks(jobs.integer(3));
    if (marks.level != level || marks.restored || marks.cache != CacheUse::none) continue;
    if (is_success(job_state_of(jobs.integer(2)))) times.emplace_back(jobs.text(0), std::chrono::microseconds(jobs.integer(1)));
  }
  return times;
}

std::vector<std::pair<std::string, Duration>> PastRuns::times_of(const PastRun& run, std::size_t most) {
  return times(run, most, JobLevel::top);
}

std::vector<std::pair<std::string, Duration>> PastRuns::times_inside(const PastRun& run, std::size_t most) {
  return times(run, most, JobLevel::inside);
}

std::optional<PastRun> PastRuns::find(std::string_view id) {
  Statement by_id = database_.prepare(query("WHERE substr(id, 1, ?) = ? ORDER BY number DESC LIMIT 1"));
  return first(by_id.with(id.size(), id));
}

std::optional<PastRun> PastRuns::last_of(std::string_view file) {
  Statement last =
      database_.prepare(query(file.empty() ? "ORDER BY number DESC LIMIT 1" : "WHERE file = ? ORDER BY number DESC LIMIT 1"));
  return file.empty() ? first(last.with()) : first(last.with(file));
}

std::vector<PastRun> PastRuns::successes_since(std::string_view file, std::int64_t since) {
  Statement newest = database_.prepare(query("WHERE file = ? AND exit_code = 0 AND started > ? ORDER BY number DESC LIMIT 100"));
  newest.with(file, since);
  std::vector<PastRun> runs;
  while (newest.next()) runs.push_back(read_run(newest));
  return runs;
}

PastRun PastRuns::latest_of(PastRun run) {
  Statement later = database_.prepare(query("WHERE earlier = ? AND number > ? ORDER BY number DESC LIMIT 1"));
  while (std::optional<PastRun> next = first(later.with(std::string_view(run.id), run.number))) run = std::move(*next);
  return run;
}

std::vector<PastRun> PastRuns::chain_of(PastRun run) {
  std::vector<PastRun> chain;
  Statement by_id = database_.prepare(query("WHERE id = ?"));
  chain.push_back(std::move(run));
  while (!chain.back().earlier.empty() && chain.size() < kLongestChain) {
    std::optional<PastRun> earlier = first(by_id.with(std::string_view(chain.back().earlier)));
    if (!earlier) break;  // it has been pruned
    chain.push_back(std::move(*earlier));
  }
  return chain;
}

EarlierJobs PastRuns::jobs_of(const std::vector<PastRun>& chain) {
  EarlierJobs jobs;
  Statement ends = database_.prepare(
      "SELECT name, state, attempts, started, elapsed, exit_code, message, log, digest, parts, data, kind, marks FROM job WHERE "
      "id BETWEEN ? AND ? ORDER BY id");
  for (auto run = chain.rbegin(); run != chain.rend(); ++run) {
    ends.with(rows_of(run->number).first, rows_of(run->number).last);
    while (ends.next()) {
      EarlierJob job = read_job(ends);
      const auto [level, restored, again, allowed, cache] = unpacked_marks(ends.integer(12));
      EarlierJob& known = jobs[std::string(ends.text(0))];
      const bool was_done = is_success(known.result.state);
      // That a later run was stopped, couldn't get there, or couldn't do again what is done, takes nothing back.
      const bool says_nothing = job.result.state == JobState::cancelled || job.result.state == JobState::skipped ||
                                (again && !is_success(job.result.state));
      if (says_nothing && was_done) continue;
      job.run = (restored || again) && was_done ? known.run : run->number;
      job.last_run = restored && was_done ? known.last_run : run->number;
      known = std::move(job);
    }
  }
  return jobs;
}

}  // namespace corun
