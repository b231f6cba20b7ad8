// The mission of one job: admission, attempt, verdict, pause, again; then the fallback. Knows nothing of the graph around it.
#include "engine/run_job.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/duration.h"
#include "engine/attempt.h"
#include "engine/callbacks.h"
#include "engine/prepare.h"
#include "engine/rejection.h"
#include "engine/restore.h"
#include "engine/result_context.h"
#include "graph/attempts.h"
#include "loop/awaiters.h"
#include "policy/backoff.h"
#include "policy/retry.h"

namespace corun {
namespace {

TimePoint deadline_after(TimePoint start, const std::optional<Duration>& timeout) {
  return timeout ? start + *timeout : TimePoint::max();
}

bool uses_cache(const RunContext& run, const Job& job) { return job.policies->cache != nullptr && run.parts.cache != nullptr; }

// What the attempts of one job have in common, and what is to be said and recorded around each.
class JobRun {
 public:
  JobRun(RunContext& run, Member& member, CancelScope& group_scope)
      : run_(run),
        member_(member),
        job_(member.job()),
        policies_(*job_.policies),
        result_(member.result()),
        group_scope_(group_scope),
        total_deadline_(deadline_after(result_.ready, policies_.total_timeout)),
        total_(run.loop(), group_scope, total_deadline_, CancelReason::total_timeout),
        backoff_(std::in_place, policies_.retry.backoff, run.parts.random),
        names_(member.names(), run.expressions.programs) {
    if (uses_cache(run, job_)) cache_ = std::make_unique<CachedJob>(run, member, names_);
  }

  // Around an attempt that is dispatched, and instead of one that isn't.
  AttemptRequest begin_attempt();
  Outcome end_attempt(const AttemptRequest& request, AttemptResult attempt);
  Outcome reject(Ticket::Verdict verdict);

  // After an attempt: whether another one follows, and the pause before it.
  std::optional<Duration> pause_before_retry(Outcome& outcome);
  std::optional<Duration> pause_before_repeat(Outcome& outcome);
  void stopped_waiting(Outcome& outcome) const;
  TimePoint queue_deadline() const { return std::min(deadline_after(run_.now(), policies_.queue_timeout), total_deadline_); }

  // What it needn't do itself.
  CachedJob* cache() const { return cache_.get(); }
  void prepare_look() { names_.begin_attempt(1); }
  Outcome take(CacheAnswer answer);

  // After the last one.
  void settle_cache(Outcome& outcome);
  void blame_group(Outcome& outcome) const;
  bool wants_fallback(const Outcome& outcome) const {
    return !outcome.ok() && job_.written().fallback && !group_scope_.cancelled();
  }
  AttemptRequest begin_fallback(const Outcome& why);
  void tell_verdict(const Outcome& outcome);
  void end(Outcome outcome, bool degraded);

  CancelScope& total_scope() { return total_; }
  const Job& job() const { return job_; }
  const Policies& policies() const { return policies_; }
  const JobNames& names() const { return names_; }
  std::unique_ptr<JobLog>& log() { return log_; }

 private:
  AttemptRequest begin(const Action& action, std::uint32_t number);
  void report_end(const AttemptRequest& request, const ActionResult& attempt, TimePoint now);
  void record_in_breaker(const Outcome& outcome, TimePoint now);
  void blame_total_timeout(Outcome& outcome) const;
  bool may_try_again(const Outcome& outcome) const;
  std::uint32_t attempts_of_round() const { return result_.attempts - earlier_attempts_; }
  RetryDecision decide(const Outcome& outcome);
  void wait_for_next(Duration delay, const Outcome& why);
  void note_attempt(const Outcome& outcome);

  RunContext& run_;
  Member& member_;
  const Job& job_;
  const Policies& policies_;
  JobResult& result_;
  CancelScope& group_scope_;
  TimePoint total_deadline_;
  DeadlineScope total_;
  std::optional<Backoff> backoff_;  // of this round
  std::unique_ptr<JobLog> log_;
  std::string last_failure_;  // of an attempt that was made
  TimePoint attempt_ended_{};
  JobNames names_;
  Json data_;                           // what others see of the last attempt
  bool holds_secret_ = false;           // data_ does
  bool repeat_ = false;                 // it succeeded, but `repeat` isn't over
  std::uint32_t rounds_ = 0;            // of `repeat`
  std::uint32_t earlier_attempts_ = 0;  // of the rounds before: each has all the attempts of `retry`
  HttpJobState http_;
  std::unique_ptr<CachedJob> cache_;              // null: none
  std::optional<std::uint32_t> cached_attempts_;  // of the job whose result this one has
};

AttemptRequest JobRun::begin(const Action& action, std::uint32_t number) {
  result_.last_attempt = run_.now();
  if (result_.state != JobState::running) run_.enter(job_, result_, JobState::running);
  names_.begin_attempt(number);
  const bool writes = std::holds_alternative<std::unique_ptr<RunSpec>>(action);
  if (writes && !log_) log_ = run_.parts.logs.create(job_.name);
  std::string span = run_.new_span();
  run_.parts.report.attempt_start(AttemptStart{job_, number, most_attempts(job_), result_.last_attempt, span});
  CachedJob* cache = &action == &job_.written().action ? cache_.get() : nullptr;
  if (cache != nullptr) cache->begin_attempt();
  return AttemptRequest{member_, names_, action, number, log_.get(), &http_, cache, std::move(span)};
}

AttemptRequest JobRun::begin_attempt() {
  ++result_.attempts;
  if (result_.started == TimePoint{}) result_.started = run_.now();
  return begin(job_.written().action, result_.attempts);
}

// A fallback is outside of the job's total timeout and its limits; its request is another than the job's.
AttemptRequest JobRun::begin_fallback(const Outcome& why) {
  note_attempt(why);
  http_.idempotency_key.clear();
  return begin(*job_.written().fallback, result_.attempts + 1);
}

// What a fallback and callbacks see: a queue, a deadline or `repeat` may have ended the job, and no attempt.
void JobRun::tell_verdict(const Outcome& outcome) {
  names_.begin_attempt(result_.attempts);
  if (!outcome.ok()) names_.set_error(outcome);
}

void JobRun::report_end(const AttemptRequest& request, const ActionResult& attempt, TimePoint now) {
  result_.usage.add(attempt.usage);
  run_.parts.report.attempt_end(
      AttemptEnd{job_, request.number, most_attempts(job_), attempt.outcome, now - result_.last_attempt, attempt.usage, now});
}

void JobRun::record_in_breaker(const Outcome& outcome, TimePoint now) {
  if (!policies_.breaker) return;
  BreakerStore& breakers = run_.parts.breakers;
  const CallResult call = classify_for_breaker(outcome, breakers.settings(*policies_.breaker).count_expect_failures);
  breakers.record(*policies_.breaker, member_.permit(), now, call, now - result_.last_attempt);
  if (outcome.ok()) breakers.record_in_budget(*policies_.breaker, now, true);
}

Outcome JobRun::end_attempt(const AttemptRequest& request, AttemptResult attempt) {
  const TimePoint now = attempt_ended_ = run_.now();
  report_end(request, attempt, now);
  data_ = std::move(attempt.data);
  holds_secret_ = attempt.holds_secret;
  repeat_ = attempt.repeat;
  if (!attempt.for_next_round.is_null()) names_.end_round(std::move(attempt.for_next_round), attempt.holds_secret);
  if (!attempt.outcome.ok()) names_.set_error(attempt.outcome);
  if (request.is_own()) record_in_breaker(attempt.outcome, now);
  run_.admission.release(member_);
  if (!request.is_own()) return std::move(attempt.outcome);
  blame_total_timeout(attempt.outcome);
  last_failure_ = attempt.outcome.message;
  return std::move(attempt.outcome);
}

Outcome JobRun::reject(Ticket::Verdict verdict) {
  attempt_ended_ = run_.now();
  if (verdict != Ticket::Verdict::cancelled) ++result_.attempts;
  Outcome outcome = rejection(run_, job_, verdict, member_, total_.reason());
  if (!last_failure_.empty() && !outcome.message.empty()) outcome.message += ", after: " + last_failure_;
  blame_total_timeout(outcome);
  return outcome;
}

// The job's own deadline ended it, whatever that did to the attempt.
void JobRun::blame_total_timeout(Outcome& outcome) const {
  const bool by_deadline = outcome.kind == FailureKind::cancelled && total_.cancelled() && !group_scope_.cancelled();
  const bool in_queue = outcome.kind == FailureKind::queue_timeout && run_.now() >= total_deadline_;
  if (!by_deadline && !in_queue) return;
  outcome.kind = FailureKind::total_timeout;
  outcome.cancel_reason = CancelReason::none;
  outcome.message = "timed out after total_timeout " + format_duration(*policies_.total_timeout);
}

// The run or the group stops: that is what ended the job, unless it had come to its own end already.
void JobRun::blame_group(Outcome& outcome) const {
  if (outcome.ok() || !group_scope_.cancelled()) return;
  if (outcome.kind != FailureKind::cancelled && !job_.written().fallback && !may_try_again(outcome)) return;
  outcome.kind = FailureKind::cancelled;
  outcome.cancel_reason = group_scope_.reason();
  outcome.message = to_string(group_scope_.reason());
}

bool JobRun::may_try_again(const Outcome& outcome) const {
  const auto [method, has_key] = request_nature(job_.written().action);
  return attempts_of_round() < policies_.retry.attempts && is_retryable(outcome, policies_.retry, method, has_key);
}

RetryDecision JobRun::decide(const Outcome& outcome) {
  const auto [method, has_key] = request_nature(job_.written().action);
  const TimePoint now = run_.now();
  const RetryBudget* budget = policies_.breaker ? &run_.parts.breakers.budget(*policies_.breaker) : nullptr;
  const bool called = outcome.kind != FailureKind::breaker_open && outcome.kind != FailureKind::limit_full &&
                      outcome.kind != FailureKind::queue_timeout;
  if (budget != nullptr && called && is_retryable(outcome, policies_.retry, method, has_key)) {
    run_.parts.breakers.record_in_budget(*policies_.breaker, now, false);
  }
  RetryQuestion question{policies_.retry, outcome, attempts_of_round(), now - result_.ready, std::nullopt, method,
                         has_key,         budget};
  if (total_.deadline() != TimePoint::max()) question.time_left = total_.deadline() - now;
  return decide_retry(question, *backoff_);
}

std::optional<Duration> JobRun::pause_before_retry(Outcome& outcome) {
  if (outcome.ok() || total_.cancelled() || outcome.kind == FailureKind::total_timeout) return std::nullopt;
  const RetryDecision decision = decide(outcome);
  if (!decision.retry) {
    // That the attempts are used up is plain from their count.
    if (!decision.reason.empty() && attempts_of_round() < policies_.retry.attempts)
      outcome.message += " (" + decision.reason + ")";
    return std::nullopt;
  }
  if (log_) log_->rest();  // thousands may wait at once
  wait_for_next(decision.delay, outcome);
  return decision.delay;
}

void JobRun::wait_for_next(Duration delay, const Outcome& why) {
  run_.enter(job_, result_, JobState::retrying);
  note_attempt(why);
  run_.parts.report.retry_wait(RetryWait{job_, result_.attempts, most_attempts(job_), delay, why, run_.now()});
}

// One that wasn't the last.
void JobRun::note_attempt(const Outcome& outcome) {
  const std::uint64_t log_end = log_ ? log_->size() : 0;
  run_.journal.attempt_ended(AttemptRecord{job_.name, result_.attempts, outcome, result_.last_attempt, attempt_ended_, log_end});
}

// An attempt has succeeded: whether `repeat` wants another one. Out of rounds, or of time, the job fails.
std::optional<Duration> JobRun::pause_before_repeat(Outcome& outcome) {
  if (!outcome.ok() || !repeat_) return std::nullopt;
  const RepeatSpec& repeat = *job_.written().flow->repeat;
  ++rounds_;
  const Outcome not_yet = failure(FailureKind::expectation, "`" + repeat.until.text + "` doesn't hold yet");
  if (repeat.attempts != 0 && rounds_ >= repeat.attempts) {
    outcome = failure(FailureKind::expectation, "`" + repeat.until.text + "` didn't hold after " + std::to_string(rounds_) +
                                                    (rounds_ == 1 ? " attempt" : " attempts"));
    return std::nullopt;
  }
  if (total_.deadline() != TimePoint::max() && run_.now() + repeat.every >= total_.deadline()) {
    outcome = failure(not_yet.kind, not_yet.message + ", and total_timeout leaves no time for another attempt");
    return std::nullopt;
  }
  if (log_) log_->rest();
  earlier_attempts_ = result_.attempts;
  http_.idempotency_key.clear();  // the next request is another one
  backoff_.emplace(policies_.retry.backoff, run_.parts.random);
  wait_for_next(repeat.every, not_yet);
  return repeat.every;
}

// A pause was broken off: between the rounds of `repeat` there is no failure yet that could be told.
void JobRun::stopped_waiting(Outcome& outcome) const {
  if (!outcome.ok()) return;
  outcome.kind = FailureKind::cancelled;
  outcome.cancel_reason = total_.reason();
  outcome.message = to_string(total_.reason());
  blame_total_timeout(outcome);
}

// The result of an earlier job is this one's; what that has written is written again.
Outcome JobRun::take(CacheAnswer answer) {
  result_.cache = answer.use;
  cached_attempts_ = answer.attempts;
  data_ = std::move(answer.data);
  holds_secret_ = answer.holds_secret;
  if (!answer.output.empty() && !log_) log_ = run_.parts.logs.create(job_.name);
  for (const CachedOutput& piece : answer.output) {
    log_->append(piece.bytes);
    run_.parts.report.output(OutputChunk{job_, piece.stream, piece.bytes, *log_, run_.now()});
  }
  if (!answer.outcome.ok()) names_.set_error(answer.outcome);
  return std::move(answer.outcome);
}

// The attempts have come to `outcome`: it is kept for others, or something kept stands in for it.
void JobRun::settle_cache(Outcome& outcome) {
  if (cache_ == nullptr) return;
  std::optional<CacheAnswer> instead = cache_->settle(outcome, result_.attempts, data_, holds_secret_);
  if (instead && !group_scope_.cancelled()) outcome = take(std::move(*instead));
}

void JobRun::end(Outcome outcome, bool degraded) {
  result_.ended = run_.now();
  if (result_.started == TimePoint{}) result_.started = result_.ended;
  const JobState state = degraded ? JobState::degraded : state_of(outcome);
  result_.failure_allowed = is_failure(state) && job_.continue_on_error;
  result_.outcome = std::move(outcome);
  result_.state = state;
  const bool is_used = run_.expressions.used_of(job_) != 0;
  if (is_used) describe_end(data_, result_);
  if (is_used && cached_attempts_ && !degraded) data_.set("attempts", Json::number(*cached_attempts_));
  run_.enter(job_, result_, state);
  note_end(run_, job_, result_, data_, holds_secret_, log_ ? log_->name() : std::string(), member_.runs_again());
  if (is_used) member_.set_data(std::move(data_), holds_secret_);
}

// Runs the fallback when its turn comes. True if it succeeded; else `why`, for which it was needed, says so.
Task<bool> fall_back(RunContext& run, Member& member, JobRun& job, Outcome& why, CancelScope& scope) {
  const Pool pool = pool_of(*job.job().written().fallback, job.job());
  const Ticket::Verdict verdict = co_await member.admitted(run, nullptr, pool, TimePoint::max(), scope);
  if (verdict != Ticket::Verdict::admitted) co_return false;
  if (scope.cancelled()) {
    run.admission.give_back(member);
    co_return false;
  }
  const AttemptRequest request = job.begin_fallback(why);
  AttemptResult result = co_await run_attempt(run, request, scope);
  const Outcome outcome = job.end_attempt(request, std::move(result));
  if (!outcome.ok() && !scope.cancelled()) why.message += " (fallback: " + outcome.message + ")";
  co_return outcome.ok();
}

}  // namespace

void ask_for_admission(RunContext& run, Member& member) {
  const Job& job = member.job();
  if (uses_cache(run, job)) return run.admission.request(member, nullptr, Pool::none, TimePoint::max());
  const TimePoint now = run.now();
  const TimePoint deadline =
      std::min(deadline_after(now, job.policies->queue_timeout), deadline_after(now, job.policies->total_timeout));
  run.admission.request(member, job.policies.get(), pool_of(job.written().action, job), deadline);
}

Task<void> run_job(RunContext& run, Member& member, CancelScope& scope) {
  JobRun job(run, member, scope);
  Ticket::Verdict verdict = member.verdict();
  Outcome outcome;
  bool answered = false;
  if (job.cache() != nullptr) {
    job.prepare_look();
    std::optional<CacheAnswer> answer = co_await job.cache()->look(job.total_scope());
    answered = answer.has_value();
    if (answered) {
      outcome = job.take(std::move(*answer));
    } else {
      verdict = co_await member.admitted(run, &job.policies(), pool_of(job.job().written().action, job.job()),
                                         job.queue_deadline(), job.total_scope());
    }
  }
  while (!answered) {
    if (verdict == Ticket::Verdict::admitted && job.total_scope().cancelled()) {  // asked to stop since it was admitted
      run.admission.give_back(member);
      verdict = Ticket::Verdict::cancelled;
    }
    if (verdict == Ticket::Verdict::admitted) {
      const AttemptRequest request = job.begin_attempt();
      AttemptResult result = co_await run_attempt(run, request, job.total_scope());
      outcome = job.end_attempt(request, std::move(result));
    } else {
      outcome = job.reject(verdict);
    }
    std::optional<Duration> pause = job.pause_before_retry(outcome);
    if (!pause) pause = job.pause_before_repeat(outcome);
    if (!pause) break;
    const bool waited = co_await Sleep(run.loop(), run.now() + *pause, job.total_scope());
    if (!waited) {
      job.stopped_waiting(outcome);
      break;
    }
    verdict = co_await member.admitted(run, &job.policies(), pool_of(job.job().written().action, job.job()), job.queue_deadline(),
                                       job.total_scope());
  }
  if (!answered) job.settle_cache(outcome);
  job.blame_group(outcome);
  bool degraded = false;
  if (job.wants_fallback(outcome)) {
    job.tell_verdict(outcome);
    degraded = co_await fall_back(run, member, job, outcome, scope);
  }
  if (has_callbacks(job.job())) {
    const Outcome end = degraded ? Outcome() : outcome;
    job.tell_verdict(end);
    co_await run_callbacks(run, member, job.names(), end, job.log(), scope);
  }
  job.end(std::move(outcome), degraded);
  member.ended();
}

}  // namespace corun
