// Makes a timeline of a past run. Knows nothing of documents.
#include "cli/past_timeline.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"
#include "cli/describe_jobs.h"
#include "cli/load_graph.h"
#include "cli/open_jobs.h"
#include "cli/setup_error.h"
#include "state/past_results.h"

namespace corun {
namespace {

// Reads ends of logs until they come to a sum.
class LogEnds {
 public:
  void read(const PastResult& result, TimelineJob& job) {
    const UniqueFd file = read(result.log, job);
    if (!file) return;
    const std::uint64_t size = job.output_before + job.output.size();
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < result.attempts.size(); ++i) {
      const std::uint64_t end = std::min(size, result.attempts[i].log_end);
      job.attempts[i].output = piece(file.get(), begin, end, kMostOutputOfAttempt);
      begin = end;
    }
  }

  // The file, if there is one.
  UniqueFd read(const std::string& path, TimelineJob& job) {
    UniqueFd file(path.empty() ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) return UniqueFd();
    const auto size = static_cast<std::uint64_t>(info.st_size);
    job.log = path;
    job.output = piece(file.get(), 0, size, is_success(job.state) ? kMostOutputOfSuccess : kMostOutputOfFailure);
    job.output_before = size - job.output.size();
    return file;
  }

 private:
  std::string piece(int file, std::uint64_t begin, std::uint64_t end, std::uint64_t most) {
    most = std::min<std::uint64_t>(most, kMostOutputInAll - std::min<std::uint64_t>(kMostOutputInAll, sum_));
    if (end <= begin) return {};
    if (end - begin > most) begin = end - most;
    std::string text(static_cast<std::size_t>(end - begin), '\0');
    const ssize_t count = ::pread(file, text.data(), text.size(), static_cast<off_t>(begin));
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    sum_ += text.size();
    return text;
  }

  std::uint64_t sum_ = 0;
};

bool was_rejected(FailureKind kind) {
  return kind == FailureKind::breaker_open || kind == FailureKind::limit_full || kind == FailureKind::queue_timeout;
}

TimelineAttempt attempt_of(const PastAttempt& past) {
  TimelineAttempt attempt;
  attempt.number = past.number;
  attempt.beside = past.beside;
  attempt.started = was_rejected(past.kind) ? past.ended : past.started;
  attempt.ended = past.ended;
  attempt.kind = past.kind;
  attempt.reason = escape_control(past.message);
  return attempt;
}

// Of attempts beside each other those that were ended since another one had succeeded.
void tell_lost(TimelineJob& job) {
  for (std::size_t i = 0; i < job.attempts.size(); ++i) {
    const bool has_other = job.attempts[i].beside || (i + 1 < job.attempts.size() && job.attempts[i + 1].beside);
    job.attempts[i].lost = has_other && job.attempts[i].kind == FailureKind::cancelled &&
                           job.attempts[i].reason == to_string(CancelReason::lost_race);
  }
}

TimelineJob job_of(const PastResult& result) {
  TimelineJob job;
  job.name = result.name;
  job.is_callback = result.level == JobLevel::callback;
  job.state = result.state;
  job.allowed = result.allowed;
  job.restored = result.restored;
  job.cache = result.cache;
  job.kind = result.kind;
  job.exit_code = result.exit_code;
  job.http_status = result.http_status;
  job.reason = escape_control(result.message);
  job.ready = result.ready;
  job.started = result.started;
  job.ended = result.ended;
  job.attempt_count = result.attempt_count;
  if (job.restored) return job;
  for (const PastAttempt& past : result.attempts) job.attempts.push_back(attempt_of(past));
  tell_lost(job);
  // What isn't told of itself is the last one; a fallback is none of the attempts, but comes after them. Those that were rejected
  // have never begun.
  const bool has_last = !job.attempts.empty() && job.attempts.back().number == result.attempt_count;
  const bool fell_back = has_last && (job.state == JobState::degraded || job.reason.find(" (fallback: ") != std::string::npos);
  if (fell_back || (result.attempt_count > 0 && !has_last)) {
    TimelineAttempt& last = job.attempts.emplace_back();
    last.number = result.attempt_count + (fell_back ? 1 : 0);
    last.is_fallback = fell_back;
    last.started = was_rejected(result.kind) && !fell_back ? result.ended : result.last_attempt;
    last.ended = result.ended;
    if (job.state != JobState::degraded) {
      last.kind = result.kind;
      last.reason = job.reason;
    }
  }
  for (std::size_t i = 0; i + 1 < job.attempts.size(); ++i) {
    job.attempts[i].pause = std::max(Duration(0), job.attempts[i + 1].started - job.attempts[i].ended);
  }
  return job;
}

// A file that has changed since is still the best there is; one that can't be read, or has errors now, is none.
LoadResult load_file(const PastRun& run) {
  try {
    if (run.file != "-") return load_from_disk(run.file);
  } catch (const SetupError&) {
    // as if it were "-"
  }
  return {};
}

// What ran when the run was killed has left a log.
void add_open(RunTimeline& timeline, const PastState& state, const PastRun& run, const JobFile& file, LogEnds& ends) {
  const std::size_t known = timeline.jobs.size();
  PastLogs logs(*state.database, state.directory);
  add_open_jobs(timeline, logs, run, file);
  for (std::size_t i = known; i < timeline.jobs.size(); ++i) {
    const std::string path = std::move(timeline.jobs[i].log);
    timeline.jobs[i].log.clear();
    ends.read(path, timeline.jobs[i]);
    timeline.jobs[i].ready = timeline.jobs[i].started = timeline.jobs[i].ended = timeline.elapsed;
  }
}

// Starts are kept in milliseconds: what is inside of a job may seem to leave it by one.
void fit_groups(RunTimeline& timeline) {
  constexpr Duration kRounding = 2ms;
  const auto may_be = [=](Duration wanted, Duration& moment) {
    if (std::chrono::abs(wanted - moment) <= kRounding) moment = wanted;
  };
  for (const TimelineJob& job : timeline.jobs) {
    if (job.restored || job.attempt_count == 0) continue;
    for (std::int32_t at = job.parent; at >= 0; at = timeline.jobs[static_cast<std::size_t>(at)].parent) {
      TimelineJob& around = timeline.jobs[static_cast<std::size_t>(at)];
      if (around.restored || around.attempts.empty()) continue;
      may_be(std::min(around.started, job.started), around.started);
      may_be(std::min(around.attempts.front().started, job.started), around.attempts.front().started);
      may_be(std::max(around.ended, job.ended), around.ended);
      around.attempts.back().ended = std::max(around.attempts.back().ended, around.ended);
    }
  }
}

}  // namespace

RunTimeline past_timeline(const PastState& state, const PastRun& run) {
  RunTimeline timeline;
  timeline.id = run.id;
  timeline.name = run.name;
  timeline.file = run.file;
  timeline.started = from_milliseconds(run.started);
  timeline.exit_code = run.exit_code.value_or(-1);
  timeline.verdict = run.verdict;
  timeline.earlier = run.earlier;
  LogEnds logs;
  std::unordered_map<std::string, std::size_t> places;
  for (const PastResult& result : past_results(*state.database, state.directory, run)) {
    // A group that was tried again has run it again: what came last is what counts.
    const auto [place, is_new] = places.try_emplace(result.name, timeline.jobs.size());
    if (is_new) timeline.jobs.emplace_back();
    TimelineJob& job = timeline.jobs[place->second];
    job = job_of(result);
    logs.read(result, job);
    timeline.elapsed = std::max(timeline.elapsed, job.ended);
  }
  std::stable_sort(timeline.jobs.begin(), timeline.jobs.end(),
                   [](const TimelineJob& a, const TimelineJob& b) { return a.started < b.started; });
  if (run.ended) timeline.elapsed = std::max(timeline.elapsed, Duration(std::chrono::milliseconds(*run.ended - run.started)));
  const LoadResult loaded = load_file(run);
  const JobFile* file = loaded.file ? &*loaded.file : nullptr;
  if (!run.ended) {
    const bool runs = PastRuns(*state.database, state.directory).is_running(run);
    if (!runs) timeline.verdict = "killed";
    if (file != nullptr) add_open(timeline, state, run, *file, logs);
  }
  describe_jobs(timeline, file);
  fit_groups(timeline);
  for (const TimelineJob& job : timeline.jobs) timeline.elapsed = std::max(timeline.elapsed, job.ended);
  return timeline;
}

}  // namespace corun
