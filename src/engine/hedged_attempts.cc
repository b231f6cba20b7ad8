// Attempts beside each other: who may begin, who has won, what becomes of the rest. Knows nothing of retries.
#include "engine/hedged_attempts.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/prepare.h"

namespace corun {

HedgedAttempts::HedgedAttempts(RunContext& run, Member& member, AttemptOwner& owner, Duration after, CancelScope& scope)
    : run_(run),
      member_(member),
      owner_(owner),
      scope_(scope),
      race_(scope),
      hedge_(after, member.job().policies->hedge->max, run.now()),
      changed_(run.loop()) {}

Task<void> HedgedAttempts::run(AttemptRequest first) {
  first.race = this;
  first_.request.emplace(std::move(first));
  TaskGroup tasks(run_.loop());
  tasks.start(make(first_, member_));
  while (!hedge_.decided()) {
    const TimePoint due = hedge_.due().value_or(TimePoint::max());
    const Event::Wake wake = co_await changed_.wait(scope_, due);
    changed_.reset();
    if (wake == Event::Wake::cancelled) break;  // and with the scope all that is in it
    if (wake != Event::Wake::deadline) continue;
    co_await NextTurn(run_.loop());  // what ends at this moment has ended in time
    if (!hedge_.decided() && !scope_.cancelled()) want_another(tasks);
  }
  race_.cancel(CancelReason::lost_race);
  co_await tasks.join();
  co_await give_outputs();
}

void HedgedAttempts::want_another(TaskGroup& tasks) {
  const std::optional<std::uint32_t>& breaker = member_.job().policies->breaker;
  const RetryBudget* budget = breaker ? &run_.parts.breakers.budget(*breaker) : nullptr;
  const Hedge::Refusal refusal = hedge_.ask(budget, breaker && member_.permit().probe);
  if (refusal == Hedge::Refusal::none) {
    beside_.push_back(std::make_unique<Beside>(run_.loop(), run_.parts.logs));
    tasks.start(wait_and_make(*beside_.back()));
  } else {
    run_.parts.report.note(member_.job(), refusal == Hedge::Refusal::budget
                                              ? "no attempt beside it: the breaker's budget is used up"
                                              : "no attempt beside it: the breaker is half-open");
  }
}

void HedgedAttempts::note(Ticket::Verdict verdict) const {
  if (verdict == Ticket::Verdict::cancelled) return;
  const char* why = verdict == Ticket::Verdict::breaker_open ? "the breaker is open"
                    : verdict == Ticket::Verdict::limit_full ? "the queue of its limit is full"
                    : verdict == Ticket::Verdict::admitted   ? "the breaker is half-open"
                                                             : "its turn didn't come within queue_timeout";
  run_.parts.report.note(member_.job(), std::string("no attempt beside it: ") + why);
}

Task<void> HedgedAttempts::wait_and_make(Beside& beside) {
  const Job& job = member_.job();
  const Ticket::Verdict verdict = co_await beside.admitted(run_.admission, job.policies.get(), pool_of(job.written().action, job),
                                                           owner_.queue_deadline(), race_);
  if (verdict != Ticket::Verdict::admitted) {
    note(verdict);
    co_return;
  }
  // The one that is there has ended meanwhile, or the breaker lets this one through as a probe, which it isn't.
  const bool over = race_.cancelled() || hedge_.decided();
  if (over || beside.permit().probe) {
    run_.admission.give_back(beside);
    if (!over) note(verdict);
    co_return;
  }
  beside.attempt.number = hedge_.began(run_.now());
  ++began_;
  beside.names.emplace(owner_.names(), owner_.next_number());
  beside.attempt.request.emplace(owner_.begin_beside(*beside.names, beside.held, *this));
  if (job.policies->breaker) run_.parts.breakers.record_in_budget(*job.policies->breaker, run_.now(), false);  // it pays
  co_await make(beside.attempt, beside);
}

bool HedgedAttempts::is_lost(const Attempt& attempt) const {
  const bool to_claim = claimed_by_ && *claimed_by_ != attempt.request->number;
  return hedge_.decided() || (to_claim && !attempt.result->outcome.ok());
}

Task<void> HedgedAttempts::make(Attempt& attempt, Ticket& ticket) {
  AttemptResult result = co_await run_attempt(run_, *attempt.request, race_);
  attempt.result.emplace(std::move(result));
  attempt.ended = run_.now();
  if (is_lost(attempt)) {
    attempt.result->outcome = Outcome();
    attempt.result->outcome.kind = FailureKind::cancelled;
    attempt.result->outcome.cancel_reason = CancelReason::lost_race;
    attempt.result->outcome.message = to_string(CancelReason::lost_race);
  }
  owner_.end_beside(*attempt.request, *attempt.result, ticket);
  if (attempt.request->log != nullptr) attempt.log_end = attempt.request->log->size();
  hedge_.ended(attempt.number, attempt.result->outcome.ok());
  changed_.set();
}

// Each attempt's output in one piece, by their numbers. Of one that was ended because another has won nobody has seen any.
Task<void> HedgedAttempts::give_outputs() {
  JobLog* log = first_.request->log;
  if (log == nullptr) co_return;
  first_.log_end = log->size();
  const Attempt* winner = &decider();
  for (Attempt* attempt : attempts()) {
    if (attempt == &first_) continue;
    const AttemptRequest& request = *attempt->request;
    CachedJob* cache = attempt == winner ? request.cache : nullptr;
    if (cache != nullptr) cache->begin_attempt();
    bool begins = true;
    const HeldOutput::Take take = [&](Stream stream, std::string_view bytes) {
      log->append(bytes);
      if (cache != nullptr) cache->wrote(stream, bytes);
      run_.parts.report.output(
          OutputChunk{member_.job(), stream, bytes, *log, run_.now(), request.number, std::exchange(begins, false)});
    };
    if (attempt->result->outcome.cancel_reason != CancelReason::lost_race) {
      co_await request.held->give(run_.loop(), take);
    }
    attempt->log_end = log->size();
  }
}

std::vector<HedgedAttempts::Attempt*> HedgedAttempts::attempts() {
  std::vector<Attempt*> all{&first_};
  for (const std::unique_ptr<Beside>& each : beside_) {
    if (each->attempt.request) all.push_back(&each->attempt);
  }
  std::sort(all.begin(), all.end(), [](const Attempt* a, const Attempt* b) { return a->number < b->number; });
  return all;
}

HedgedAttempts::Attempt& HedgedAttempts::decider() {
  const std::size_t number = hedge_.decided() ? hedge_.decider() : 0;
  for (Attempt* each : attempts()) {
    const bool succeeded = each->result->outcome.ok();
    // What has claimed to be the one and then failed is why the others have.
    if (succeeded ? each->number == number : claimed_by_ == each->request->number) return *each;
  }
  return first_;
}

bool HedgedAttempts::claim(const AttemptRequest& request) {
  if (hedge_.decided() || (claimed_by_ && *claimed_by_ != request.number)) return false;
  claimed_by_ = request.number;
  return true;
}

}  // namespace corun
