// The mission of one job: admission, attempt, verdict, pause, again; then the fallback. Knows nothing of the graph around it.
#include "engine/run_job.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/callbacks.h"
#include "engine/hedged_attempts.h"
#include "engine/job_run.h"
#include "engine/prepare.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

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
      const std::optional<Duration> after = job.hedge_after();
      if (after) {
        HedgedAttempts attempts(run, member, job, *after, job.total_scope());
        co_await attempts.run(request);
        outcome = job.end_hedged(attempts);
      } else {
        AttemptResult result = co_await run_attempt(run, request, job.total_scope());
        outcome = job.end_attempt(request, std::move(result));
      }
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
