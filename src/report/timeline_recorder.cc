// Writes down a run. Knows nothing of documents.
#include "report/timeline_recorder.h"

#include <algorithm>
#include <utility>

#include "base/duration.h"
#include "base/text.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostEvents = 10'000;

// One that never began: its queue, a limit or a breaker said no.
void add_rejected(TimelineJob& job, std::uint32_t number, Duration at, const Outcome& outcome) {
  TimelineAttempt& rejected = job.attempts.emplace_back();
  rejected.number = number;
  rejected.started = at;
  rejected.ended = at;
  rejected.kind = outcome.kind;
  rejected.reason = reason_of(outcome);
}

}  // namespace

void TimelineRecorder::run_start(const RunStart& start) {
  start_ = start.time;
  now_ = start.time;
  timeline_.id = start.run_id;
  timeline_.name = start.file.name;
  timeline_.file = start.file.path;
  timeline_.started = start.wall_time;
  timeline_.earlier = start.earlier;
  timeline_.process_slots = start.process_slots;
  timeline_.http_slots = start.http_slots;
  timeline_.jobs.reserve(start.jobs.size());
  for (const Job* job : start.jobs) add(*job);
}

// At the end of the timeline.
TimelineRecorder::Open& TimelineRecorder::add(const Job& job) {
  timeline_.jobs.emplace_back().name = job.name;
  return open_[job.id] = Open{timeline_.jobs.size() - 1};
}

TimelineRecorder::Open& TimelineRecorder::open(const Job& job) {
  const auto known = open_.find(job.id);
  return known != open_.end() ? known->second : add(job);
}

void TimelineRecorder::job_state(const JobStateChange& change) {
  now_ = change.time;
  Open& known = open(change.job);
  TimelineJob& job = timeline_.jobs[known.index];
  if (is_final(job.state)) {  // a group that is tried again runs it again: what comes last is what counts
    job.attempts.clear();
    job.callbacks.clear();
  }
  job.state = change.result.state;
  if (!is_final(job.state)) return;
  end(job, known, change.result);
  if (change.job.definition != nullptr) {
    open_.erase(change.job.id);  // which another item may get
  } else {
    known.log = nullptr;  // a group that is tried again runs it again
  }
}

void TimelineRecorder::end(TimelineJob& entry, const Open& known, const JobResult& result) {
  entry.allowed = result.failure_allowed;
  entry.restored = result.restored;
  entry.cache = result.cache;
  entry.kind = result.outcome.kind;
  entry.exit_code = result.outcome.exit_code;
  entry.http_status = result.outcome.http_status;
  entry.reason = reason_of(result.outcome);
  if (!result.restored) {
    entry.ready = since_start(result.ready);
    entry.started = since_start(result.started);
    entry.ended = since_start(result.ended);
  }
  entry.attempt_count = result.attempts;
  if (!entry.attempts.empty() && entry.attempts.back().number > result.attempts) {
    entry.attempts.back().is_fallback = true;
  } else if (!entry.attempts.empty() && entry.attempts.back().number < result.attempts) {
    add_rejected(entry, result.attempts, entry.callbacks.empty() ? entry.ended : entry.callbacks.front().started, result.outcome);
  } else if (entry.attempts.empty() && result.attempts > 0 && !result.restored) {  // a foreach: its items have attempts
    TimelineAttempt& attempt = entry.attempts.emplace_back();
    attempt.number = result.attempts;
    attempt.started = entry.started;
    attempt.ended = entry.ended;
    attempt.kind = entry.kind;
    attempt.reason = entry.reason;
  }
  entry.usage = result.usage;
  if (known.log == nullptr) return;
  entry.log = known.log->path();
  const std::uint64_t size = known.log->size();
  entry.output = kept(*known.log, 0, size, is_failure(entry.state) ? kMostOutputOfFailure : kMostOutputOfSuccess);
  entry.output_before = size - std::min<std::uint64_t>(size, entry.output.size());
}

std::string TimelineRecorder::kept(const OutputLog& log, std::uint64_t begin, std::uint64_t end, std::size_t most) {
  most = std::min(most, kMostOutputInAll - std::min(kMostOutputInAll, kept_bytes_));
  if (end - begin > most) begin = end - most;
  std::string text = log.read(begin, static_cast<std::size_t>(end - begin));
  kept_bytes_ += text.size();
  return text;
}

void TimelineRecorder::attempt_start(const AttemptStart& attempt) {
  now_ = attempt.time;
  Open& known = open(attempt.job);
  if (known.log != nullptr && !attempt.beside) known.attempt_begin = known.log->size();
  TimelineAttempt& entry = timeline_.jobs[known.index].attempts.emplace_back();
  entry.number = attempt.attempt;
  entry.started = since_start(attempt.time);
  entry.ended = entry.started;
  entry.span = attempt.span;
  entry.beside = attempt.beside;
}

void TimelineRecorder::attempt_end(const AttemptEnd& attempt) {
  now_ = attempt.time;
  TimelineJob& job = timeline_.jobs[open(attempt.job).index];
  const auto known = std::find_if(job.attempts.rbegin(), job.attempts.rend(),
                                  [&](const TimelineAttempt& each) { return each.number == attempt.attempt; });
  if (known == job.attempts.rend()) return;
  TimelineAttempt& entry = *known;
  entry.lost = attempt.lost;
  entry.ended = since_start(attempt.time);
  entry.kind = attempt.outcome.kind;
  entry.reason = reason_of(attempt.outcome);
}

void TimelineRecorder::output(const OutputChunk& chunk) {
  Open& known = open(chunk.job);
  known.log = &chunk.log;
}

void TimelineRecorder::retry_wait(const RetryWait& wait) {
  now_ = wait.time;
  const Open& known = open(wait.job);
  TimelineJob& job = timeline_.jobs[known.index];
  const bool was_made = !job.attempts.empty() && job.attempts.back().number == wait.attempt;
  if (!was_made) add_rejected(job, wait.attempt, since_start(wait.time), wait.outcome);
  TimelineAttempt& failed = job.attempts.back();
  failed.pause = wait.delay;
  if (was_made && known.log != nullptr)
    failed.output = kept(*known.log, known.attempt_begin, known.log->size(), kMostOutputOfAttempt);
}

void TimelineRecorder::callback_end(const CallbackEnd& callback) {
  now_ = callback.time;
  TimelineCallback& entry = timeline_.jobs[open(callback.job).index].callbacks.emplace_back();
  entry.name = callback.name;
  entry.started = since_start(callback.started);
  entry.ended = since_start(callback.time);
  entry.kind = callback.outcome.kind;
  if (!callback.outcome.ok()) entry.reason = reason_of(callback.outcome);
  entry.span = callback.span;
}

void TimelineRecorder::breaker(const BreakerChange& change) {
  now_ = change.time;
  std::string text = "breaker `" + std::string(change.breaker) + "` is " + std::string(change.to);
  if (change.to == "open") text += " for " + format_elapsed(change.open_for);
  add_event(std::move(text));
}

void TimelineRecorder::warning(std::string_view message) {
  if (clock_ != nullptr) now_ = clock_->now();
  add_event(escape_control(message));
}

void TimelineRecorder::stopping(CancelReason reason, std::size_t) {
  if (clock_ != nullptr) now_ = clock_->now();
  add_event(std::string("the run is stopping: ") + to_string(reason));
}

// Of what has just been told.
void TimelineRecorder::add_event(std::string text) {
  if (timeline_.events.size() < kMostEvents) timeline_.events.push_back({since_start(now_), std::move(text)});
}

void TimelineRecorder::not_run(const NotRun& end) {
  timeline_.id = end.run_id;
  timeline_.file = end.file;
  timeline_.exit_code = end.exit_code;
  timeline_.verdict = "not_run";
  timeline_.events.push_back({Duration(0), escape_control(end.message)});
}

void TimelineRecorder::run_end(const RunEnd& end) {
  timeline_.elapsed = end.elapsed;
  timeline_.exit_code = end.exit_code;
  timeline_.verdict = end.verdict;
  timeline_.resume = end.resume;
  timeline_.outputs = end.outputs;
  // Left out by selection, or inside of a `foreach` as it is written: its items have them.
  std::erase_if(timeline_.jobs, [](const TimelineJob& job) { return !is_final(job.state); });
}

}  // namespace corun
