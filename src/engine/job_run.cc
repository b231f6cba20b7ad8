// What happens around the attempts of a job. Knows nothing of the graph around it.
#include "engine/job_run.h"

#include <algorithm>
#include <utility>

#include "base/duration.h"
#include "engine/prepare.h"
#include "engine/rejection.h"
#include "engine/restore.h"
#include "engine/result_context.h"
#include "graph/attempts.h"

namespace corun {

JobRun::JobRun(RunContext& run, Member& member, CancelScope& group_scope)
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

AttemptRequest JobRun::begin(const Action& action, std::uint32_t number, const JobNames& names, AttemptRace* race) {
  result_.last_attempt = run_.now();
  if (result_.state != JobState::running) run_.enter(job_, result_, JobState::running);
  const bool writes = std::holds_alternative<std::unique_ptr<RunSpec>>(action);
  if (writes && !log_) log_ = run_.parts.logs.create(job_.name);
  std::string span = run_.new_span();
  run_.parts.report.attempt_start(AttemptStart{job_, number, most_attempts(job_), result_.last_attempt, span, race != nullptr});
  CachedJob* cache = &action == &job_.written().action ? cache_.get() : nullptr;
  AttemptRequest request{member_, names, action, number, log_.get(), &http_, cache, std::move(span)};
  request.started = result_.last_attempt;
  request.race = race;
  return request;
}

AttemptRequest JobRun::begin_attempt() {
  ++result_.attempts;
  result_.decided_by = 0;
  if (result_.started == TimePoint{}) result_.started = run_.now();
  names_.begin_attempt(result_.attempts);
  if (cache_ != nullptr) cache_->begin_attempt();
  return begin(job_.written().action, result_.attempts, names_);
}

AttemptRequest JobRun::begin_beside(const JobNames& names, HeldOutput& held, AttemptRace& race) {
  ++result_.attempts;
  ++beside_;
  AttemptRequest request = begin(job_.written().action, result_.attempts, names, &race);
  request.held = &held;
  return request;
}

void JobRun::end_beside(const AttemptRequest& request, const AttemptResult& result, Ticket& ticket) {
  const TimePoint now = run_.now();
  report_end(request, result, now);
  record_in_breaker(request, result.outcome, ticket, now);
  run_.admission.release(ticket);
}

std::optional<Duration> JobRun::hedge_after() {
  const HedgeSettings* hedge = hedge_of(job_);
  if (hedge == nullptr) return std::nullopt;
  if (hedge->after) return hedge->after;
  const auto usual = run_.settings.usual_times.find(job_.written().name);
  if (usual != run_.settings.usual_times.end()) return usual->second;
  if (run_.told_unhedged.insert(job_.written().id).second) {
    run_.parts.report.note(job_, "not hedged: too few earlier times are known for p95");
  }
  return std::nullopt;
}

// A fallback is outside of the job's total timeout and its limits; its request is another than the job's.
AttemptRequest JobRun::begin_fallback(const Outcome& why) {
  note_attempt(why);
  http_.idempotency_key.clear();
  names_.begin_attempt(result_.attempts + 1);
  return begin(*job_.written().fallback, result_.attempts + 1, names_);
}

// What a fallback and callbacks see: a queue, a deadline or `repeat` may have ended the job, and no attempt.
void JobRun::tell_verdict(const Outcome& outcome) {
  names_.begin_attempt(result_.attempts);
  if (!outcome.ok()) names_.set_error(outcome);
}

void JobRun::report_end(const AttemptRequest& request, const ActionResult& attempt, TimePoint now) {
  result_.usage.add(attempt.usage);
  AttemptEnd end{job_, request.number, most_attempts(job_), attempt.outcome, now - request.started, attempt.usage, now};
  end.beside = request.held != nullptr;
  end.lost = request.race != nullptr && attempt.outcome.cancel_reason == CancelReason::lost_race;
  end.won = request.race != nullptr && request.race->has_others() && attempt.outcome.ok();
  run_.parts.report.attempt_end(end);
}

void JobRun::record_in_breaker(const AttemptRequest& request, const Outcome& outcome, const Ticket& ticket, TimePoint now) {
  if (!policies_.breaker) return;
  BreakerStore& breakers = run_.parts.breakers;
  const CallResult call = classify_for_breaker(outcome, breakers.settings(*policies_.breaker).count_expect_failures);
  breakers.record(*policies_.breaker, ticket.permit(), now, call, now - request.started);
  if (outcome.ok()) breakers.record_in_budget(*policies_.breaker, now, true);
}

// What is left of the attempt whose end is the job's, unless another one follows.
void JobRun::keep(const AttemptRequest& request, AttemptResult& attempt) {
  if (request.cache != nullptr) request.cache->take_headers(attempt);
  data_ = std::move(attempt.data);
  holds_secret_ = attempt.holds_secret;
  repeat_ = attempt.repeat;
  if (!attempt.for_next_round.is_null()) names_.end_round(std::move(attempt.for_next_round), attempt.holds_secret);
  if (!attempt.outcome.ok()) names_.set_error(attempt.outcome);
}

Outcome JobRun::judge(AttemptResult& attempt) {
  blame_total_timeout(attempt.outcome);
  last_failure_ = attempt.outcome.message;
  return std::move(attempt.outcome);
}

Outcome JobRun::end_attempt(const AttemptRequest& request, AttemptResult attempt) {
  const TimePoint now = attempt_ended_ = run_.now();
  report_end(request, attempt, now);
  keep(request, attempt);
  if (request.is_own()) record_in_breaker(request, attempt.outcome, member_, now);
  run_.admission.release(member_);
  return request.is_own() ? judge(attempt) : std::move(attempt.outcome);
}

// All that ran beside each other is told and recorded already.
Outcome JobRun::end_hedged(HedgedAttempts& hedged) {
  HedgedAttempts::Attempt& decider = hedged.decider();
  const AttemptRequest& request = *decider.request;
  if (hedged.has_others()) {
    for (const HedgedAttempts::Attempt* each : hedged.attempts()) {
      run_.journal.attempt_ended(AttemptRecord{job_.name, each->request->number, each->result->outcome, each->request->started,
                                               each->ended, each->log_end, each->request->held != nullptr});
    }
    noted_ = result_.attempts;
    const bool ended_from_outside = decider.result->outcome.kind == FailureKind::cancelled;
    if (!ended_from_outside) result_.decided_by = request.number;
    result_.last_attempt = request.started;
    names_.begin_attempt(request.number);
  }
  keep(request, *decider.result);
  return judge(*decider.result);
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
  if (noted_ == result_.attempts) return;
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
  beside_ = 0;
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

}  // namespace corun
