// One running job: what its attempts have in common, and what is said and recorded around each. Knows nothing of the graph around
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/attempt.h"
#include "engine/cached_job.h"
#include "engine/hedged_attempts.h"
#include "engine/job_names.h"
#include "engine/member.h"
#include "engine/run_context.h"
#include "loop/cancel.h"
#include "policy/backoff.h"
#include "policy/retry.h"

namespace corun {

/// When so much time has passed; never if it isn't limited.
inline TimePoint deadline_after(TimePoint start, const std::optional<Duration>& timeout) {
  return timeout ? start + *timeout : TimePoint::max();
}

/// Whether the job has a `cache`, and there is a place for results.
inline bool uses_cache(const RunContext& run, const Job& job) {
  return job.policies->cache != nullptr && run.parts.cache != nullptr;
}

/// What the attempts of one job have in common, and what is to be said and recorded around each.
class JobRun final : public AttemptOwner {
 public:
  /// `group_scope`: of the group that the job is in. All must outlive this.
  JobRun(RunContext& run, Member& member, CancelScope& group_scope);

  // Around an attempt that is dispatched, and instead of one that isn't.
  AttemptRequest begin_attempt();
  Outcome end_attempt(const AttemptRequest& request, AttemptResult attempt);
  Outcome end_hedged(HedgedAttempts& attempts);
  Outcome reject(Ticket::Verdict verdict);

  // After an attempt: whether another one follows, and the pause before it.
  std::optional<Duration> pause_before_retry(Outcome& outcome);
  std::optional<Duration> pause_before_repeat(Outcome& outcome);
  void stopped_waiting(Outcome& outcome) const;
  TimePoint queue_deadline() const override {
    return std::min(deadline_after(run_.now(), policies_.queue_timeout), total_deadline_);
  }

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
  /// How long an attempt may take before another one is started beside it; nothing: none ever is.
  std::optional<Duration> hedge_after();

  // Of attempts beside each other.
  const JobNames& names() const override { return names_; }
  std::uint32_t next_number() const override { return result_.attempts + 1; }
  AttemptRequest begin_beside(const JobNames& names, HeldOutput& held, AttemptRace& race) override;
  void end_beside(const AttemptRequest& request, const AttemptResult& result, Ticket& ticket) override;

  std::unique_ptr<JobLog>& log() { return log_; }

 private:
  AttemptRequest begin(const Action& action, std::uint32_t number, const JobNames& names, AttemptRace* race = nullptr);
  void report_end(const AttemptRequest& request, const ActionResult& attempt, TimePoint now);
  void record_in_breaker(const AttemptRequest& request, const Outcome& outcome, const Ticket& ticket, TimePoint now);
  void keep(const AttemptRequest& request, AttemptResult& attempt);
  Outcome judge(AttemptResult& attempt);
  void blame_total_timeout(Outcome& outcome) const;
  bool may_try_again(const Outcome& outcome) const;
  std::uint32_t attempts_of_round() const { return result_.attempts - earlier_attempts_ - beside_; }
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
  std::uint32_t beside_ = 0;            // of this round's attempts: those that were started beside another one
  std::uint32_t noted_ = 0;             // attempts up to this one are in the journal
  HttpJobState http_;
  std::unique_ptr<CachedJob> cache_;              // null: none
  std::optional<std::uint32_t> cached_attempts_;  // of the job whose result this one has
};

}  // namespace corun
