// The mission of one job: admission, attempt, verdict, pause, again; then the fallback. Knows nothing of the graph around it.
#include "engine/run_job.h"

#include <algorithm>

#include "base/duration.h"
#include "engine/attempt.h"
#include "engine/prepare.h"
#include "loop/awaiters.h"
#include "policy/backoff.h"
#include "policy/retry.h"

namespace corun {
namespace {

TimePoint deadline_after(TimePoint start, const std::optional<Duration>& timeout) {
  return timeout ? start + *timeout : TimePoint::max();
}

// Why a ticket wasn't admitted, as the outcome of the attempt that never was.
Outcome rejection(const RunContext& run, const Job& job, const Ticket& ticket, CancelReason reason) {
  Outcome outcome;
  outcome.unsent = true;
  switch (ticket.verdict()) {
    case Ticket::Verdict::queue_timeout:
      outcome.kind = FailureKind::queue_timeout;
      outcome.message = "not started within queue_timeout " + format_duration(job.policies->queue_timeout.value_or(0s));
      break;
    case Ticket::Verdict::limit_full:
      outcome.kind = FailureKind::limit_full;
      outcome.message = "the queue of its limit is full";
      break;
    case Ticket::Verdict::breaker_open:
      outcome.kind = FailureKind::breaker_open;
      outcome.retry_after = ticket.retry_after();
      outcome.message = "breaker `" + run.file.breakers[*job.policies->breaker].name + "` is open";
      if (outcome.retry_after) outcome.message += " for another " + format_elapsed(*outcome.retry_after);
      break;
    default: outcome.kind = FailureKind::cancelled; outcome.cancel_reason = reason;
  }
  return outcome;
}

void add(ResourceUsage& sum, const ResourceUsage& usage) {
  sum.user += usage.user;
  sum.system += usage.system;
  sum.max_rss_kib = std::max(sum.max_rss_kib, usage.max_rss_kib);
}

// The request's method and whether it carries an Idempotency-Key: what a retry has to know of an action.
std::pair<std::string_view, bool> request_nature(const Action& action) {
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action);
  if (http == nullptr) return {std::string_view(), false};
  const auto is_key = [](const NamedText& header) {
    return std::equal(header.name.begin(), header.name.end(), std::string_view("idempotency-key").begin(),
                      std::string_view("idempotency-key").end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
  };
  return {(*http)->method, std::any_of((*http)->headers.begin(), (*http)->headers.end(), is_key)};
}

// What the attempts of one job have in common.
class JobRun {
 public:
  JobRun(RunContext& run, Member& member, CancelScope& group_scope)
      : run_(run),
        member_(member),
        job_(member.job()),
        policies_(*job_.policies),
        result_(run.result_of(job_)),
        group_scope_(group_scope),
        total_deadline_(deadline_after(result_.ready, policies_.total_timeout)),
        total_(run.loop(), group_scope, total_deadline_, CancelReason::total_timeout),
        backoff_(policies_.retry.backoff, run.parts.random) {}

  Task<void> live();

 private:
  Task<Outcome> attempt_once(Ticket::Verdict verdict);
  Task<Outcome> dispatch(const Action& action, std::uint32_t number, CancelScope& scope);
  RetryDecision decide(const Outcome& outcome);
  void blame_total_timeout(Outcome& outcome);
  Task<bool> fall_back();
  void end(Outcome outcome, bool degraded);
  JobLog& log();

  RunContext& run_;
  Member& member_;
  const Job& job_;
  const Policies& policies_;
  JobResult& result_;
  CancelScope& group_scope_;
  TimePoint total_deadline_;
  DeadlineScope total_;
  Backoff backoff_;
  std::unique_ptr<JobLog> log_;
};

JobLog& JobRun::log() {
  if (!log_) log_ = run_.parts.logs.create(job_.name);
  return *log_;
}

Task<Outcome> JobRun::dispatch(const Action& action, std::uint32_t number, CancelScope& scope) {
  AttemptRequest request{job_, action, number, total_deadline_, nullptr};
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) request.log = &log();
  const TimePoint start = run_.now();
  run_.parts.report.attempt_start(AttemptStart{job_, number, policies_.retry.attempts, start});
  ActionResult attempt = co_await run_attempt(run_, request, scope);
  add(result_.usage, attempt.usage);
  const TimePoint now = run_.now();
  run_.parts.report.attempt_end(
      AttemptEnd{job_, number, policies_.retry.attempts, attempt.outcome, now - start, attempt.usage, now});
  co_return std::move(attempt.outcome);
}

// One attempt whose ticket has its verdict: dispatched and recorded, or rejected.
Task<Outcome> JobRun::attempt_once(Ticket::Verdict verdict) {
  if (verdict != Ticket::Verdict::admitted) co_return rejection(run_, job_, member_, total_.reason());
  if (result_.state != JobState::running) run_.enter(job_, JobState::running);
  const TimePoint start = run_.now();
  if (result_.attempts == 1) result_.started = start;
  Outcome outcome = co_await dispatch(job_.action, result_.attempts, total_);
  if (policies_.breaker) {
    BreakerStore& breakers = run_.parts.breakers;
    const CallResult call = classify_for_breaker(outcome, breakers.settings(*policies_.breaker).count_expect_failures);
    breakers.record(*policies_.breaker, member_.permit(), run_.now(), call, run_.now() - start);
    if (outcome.ok()) breakers.budget(*policies_.breaker).record_success();
  }
  run_.admission.release(member_);
  co_return outcome;
}

RetryDecision JobRun::decide(const Outcome& outcome) {
  const auto [method, has_key] = request_nature(job_.action);
  const TimePoint now = run_.now();
  const TimePoint deadline = std::min(total_deadline_, run_.deadline);
  RetryBudget* budget = policies_.breaker ? &run_.parts.breakers.budget(*policies_.breaker) : nullptr;
  const bool counts = outcome.kind != FailureKind::breaker_open && outcome.kind != FailureKind::limit_full;
  if (budget != nullptr && counts && is_retryable(outcome, policies_.retry, method, has_key)) budget->record_failure();
  RetryQuestion question{policies_.retry, outcome, result_.attempts, now - result_.ready, std::nullopt, method, has_key, budget};
  if (deadline != TimePoint::max()) question.time_left = deadline - now;
  return decide_retry(question, backoff_);
}

// The job's own deadline ended it, whatever that did to the attempt.
void JobRun::blame_total_timeout(Outcome& outcome) {
  const bool by_deadline = outcome.kind == FailureKind::cancelled && total_.cancelled() && !group_scope_.cancelled();
  const bool in_queue = outcome.kind == FailureKind::queue_timeout && run_.now() >= total_deadline_;
  if (!by_deadline && !in_queue) return;
  outcome.kind = FailureKind::total_timeout;
  outcome.cancel_reason = CancelReason::none;
  outcome.message = "timed out after total_timeout " + format_duration(*policies_.total_timeout);
}

Task<void> JobRun::live() {
  Ticket::Verdict verdict = member_.verdict();
  Outcome outcome;
  for (;;) {
    if (verdict != Ticket::Verdict::cancelled) ++result_.attempts;
    outcome = co_await attempt_once(verdict);
    blame_total_timeout(outcome);
    if (outcome.ok() || total_.cancelled()) break;
    const RetryDecision decision = decide(outcome);
    if (!decision.retry) {
      const bool had_more = result_.attempts < policies_.retry.attempts;  // else the count of attempts says it all
      if (had_more && !decision.reason.empty()) outcome.message += " (" + decision.reason + ")";
      break;
    }
    run_.enter(job_, JobState::retrying);
    run_.parts.report.retry_wait(
        RetryWait{job_, result_.attempts, policies_.retry.attempts, decision.delay, outcome, run_.now()});
    const bool waited = co_await Sleep(run_.loop(), run_.now() + decision.delay, total_);
    if (!waited) break;
    const TimePoint deadline = std::min(deadline_after(run_.now(), policies_.queue_timeout), total_deadline_);
    verdict = co_await member_.admitted(run_, &policies_, pool_of(job_.action), deadline, total_);
  }
  if (!outcome.ok() && group_scope_.cancelled()) {  // the run or the group stops: that is what ended it
    outcome.kind = FailureKind::cancelled;
    outcome.cancel_reason = group_scope_.reason();
    outcome.message = to_string(group_scope_.reason());
  }
  bool degraded = false;
  if (!outcome.ok() && job_.fallback && !group_scope_.cancelled()) degraded = co_await fall_back();
  end(std::move(outcome), degraded);
}

// Runs the fallback, outside of the job's total timeout and its limits. True if it succeeded.
Task<bool> JobRun::fall_back() {
  const Pool pool = pool_of(*job_.fallback);
  const Ticket::Verdict verdict = co_await member_.admitted(run_, nullptr, pool, TimePoint::max(), group_scope_);
  if (verdict != Ticket::Verdict::admitted) co_return false;
  if (result_.state != JobState::running) run_.enter(job_, JobState::running);
  total_deadline_ = TimePoint::max();
  const Outcome outcome = co_await dispatch(*job_.fallback, result_.attempts + 1, group_scope_);
  run_.admission.release(member_);
  co_return outcome.ok();
}

void JobRun::end(Outcome outcome, bool degraded) {
  result_.ended = run_.now();
  if (result_.started == TimePoint{}) result_.started = result_.ended;
  const JobState state = degraded ? JobState::degraded : state_of(outcome);
  const bool failed = state == JobState::failed || state == JobState::timed_out || state == JobState::rejected;
  result_.failure_allowed = failed && job_.continue_on_error;
  result_.outcome = std::move(outcome);
  run_.enter(job_, state);
}

}  // namespace

TimePoint first_admission_deadline(const RunContext& run, const Job& job) {
  const TimePoint now = run.now();
  return std::min(deadline_after(now, job.policies->queue_timeout), deadline_after(now, job.policies->total_timeout));
}

Task<void> run_job(RunContext& run, Member& member, CancelScope& scope) {
  JobRun job(run, member, scope);
  co_await job.live();
}

}  // namespace corun
