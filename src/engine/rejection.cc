// Outcomes of verdicts. Knows nothing of what follows from them.
#include "engine/rejection.h"

#include "base/duration.h"

namespace corun {

Outcome rejection(const RunContext& run, const Job& job, Ticket::Verdict verdict, const Ticket& ticket, CancelReason reason) {
  Outcome outcome;
  outcome.unsent = true;
  switch (verdict) {
    case Ticket::Verdict::queue_timeout:
      outcome.kind = FailureKind::queue_timeout;
      outcome.message = "not started within queue_timeout " + format_duration(job.policies->queue_timeout.value_or(0s));
      break;
    case Ticket::Verdict::limit_full:
      outcome.kind = FailureKind::limit_full;
      outcome.message = job.policies->limits.size() == 1
                            ? "the queue of limit `" + run.file.limits[job.policies->limits[0]].name + "` is full"
                            : "the queue of one of its limits is full";
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

}  // namespace corun
