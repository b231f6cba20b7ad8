// Callback actions, one after the other. Knows nothing of retries or of the graph.
#include "engine/callbacks.h"

#include <memory>
#include <string>

#include "engine/attempt.h"
#include "engine/prepare.h"
#include "report/words.h"

namespace corun {
namespace {

Task<void> run_one(RunContext& run, Member& member, const JobNames& names, const Callback& callback, const char* name,
                   std::unique_ptr<JobLog>& log, CancelScope& scope) {
  ShieldedScope shield(scope);
  const Pool pool = pool_of(callback.action, member.job());
  const Ticket::Verdict verdict = co_await member.admitted(run, nullptr, pool, TimePoint::max(), shield);
  if (verdict != Ticket::Verdict::admitted) co_return;
  const bool writes = std::holds_alternative<std::unique_ptr<RunSpec>>(callback.action);
  if (writes && !log) log = run.parts.logs.create(member.job().name);
  HttpJobState http;
  const AttemptRequest request{member, names, callback.action, 1, log.get(), &http, nullptr, run.new_span()};
  const TimePoint started = run.now();
  AttemptResult result = co_await run_callback(run, request, callback.timeout, shield);
  run.admission.release(member);
  run.parts.report.callback_end(CallbackEnd{member.job(), name, result.outcome, started, run.now(), request.span});
  if (result.outcome.ok()) co_return;
  std::string message = std::string(name) + " of `" + member.job().name + "` failed: " + reason_of(result.outcome);
  if (writes && !log->path().empty()) message += " (log: " + log->path() + ")";
  run.parts.report.warning(message);
}

}  // namespace

Task<void> run_callbacks(RunContext& run, Member& member, const JobNames& names, const Outcome& outcome,
                         std::unique_ptr<JobLog>& log, CancelScope& scope) {
  const JobFlow& flow = *member.job().written().flow;
  const std::unique_ptr<Callback>& by_end = outcome.ok() ? flow.on_success : flow.on_failure;
  const bool cancelled = outcome.kind == FailureKind::cancelled;
  const char* name = outcome.ok() ? "on_success" : "on_failure";
  if (by_end && !cancelled) {
    co_await run_one(run, member, names, *by_end, name, log, scope);
  }
  if (flow.finally) {
    co_await run_one(run, member, names, *flow.finally, "finally", log, scope);
  }
}

}  // namespace corun
