// A run from its start to its end. Knows nothing of any one job.
#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "engine/outputs.h"
#include "engine/run_context.h"
#include "engine/run_jobs_of_file.h"
#include "graph/groups.h"

namespace corun {
namespace {

// Every job of a group and of the groups inside it, at its id.
void collect(const JobGroup& group, std::vector<const Job*>& jobs) {
  for (const Job& job : group.jobs) {
    if (job.id >= jobs.size()) jobs.resize(job.id + 1);
    jobs[job.id] = &job;
    for_each_group(job, [&](const JobGroup& inside) { collect(inside, jobs); });
  }
}

std::size_t count_included(const JobGroup& group, const std::vector<bool>& excluded) {
  std::size_t count = 0;
  for (const Job& job : group.jobs) count += static_cast<std::size_t>(excluded.empty() || !excluded[job.id]);
  return count;
}

// Tells the report that a run is asked to stop, at the moment it is.
class StopNotice final : private CancelScope::Hook {
 public:
  StopNotice(RunContext& run, CancelScope& scope) : run_(run), scope_(scope) {
    scope.link(*this);
    if (scope.cancelled()) tell();  // before it began
  }

 private:
  void on_cancel() override { tell(); }
  void tell() {
    if (std::exchange(told_, true)) return;
    std::size_t running = 0;
    for (const JobResult& result : run_.results) running += static_cast<std::size_t>(result.state == JobState::running);
    run_.parts.report.stopping(scope_.reason(), running);
  }

  RunContext& run_;
  CancelScope& scope_;
  bool told_ = false;
};

std::string outputs_of_file(const RunContext& run, const Context& names) {
  const ContextEvaluator evaluator(names, run.expressions.programs);
  std::vector<std::string> problems;
  const Json outputs = evaluate_outputs(run.expressions, run.file.outputs, evaluator, problems);
  for (const std::string& problem : problems) run.parts.report.warning(run.masked(problem));
  const SecretKeeper* keeper = names.keeper();
  return keeper == nullptr ? outputs.dump() : keeper->masked(outputs).dump();
}

}  // namespace

Task<RunResult> run_file(const JobFile& file, const RunSettings& settings, const Variables& variables,
                         const Expressions& expressions, EngineParts parts, CancelScope& scope) {
  std::vector<const Job*> jobs;
  for_each_group_of_file(file, [&](const JobGroup& group) { collect(group, jobs); });
  RunContext run(file, settings, variables, expressions, parts, jobs.size());
  const TimePoint start = run.now();
  const std::optional<Duration> timeout = settings.timeout ? settings.timeout : file.timeout;
  const TimePoint deadline = timeout ? start + *timeout : TimePoint::max();
  DeadlineScope run_scope(parts.loop, scope, deadline, CancelReason::run_timeout);
  parts.breakers.set_listener([&parts](const BreakerTransition& transition) {
    parts.report.breaker(BreakerChange{transition.name, to_string(transition.from), to_string(transition.to), transition.open_for,
                                       transition.time});
  });
  SecretKeeper* const keeper = run.top.names.keeper();
  const RunStart opening{settings.run_id,
                         file,
                         std::move(jobs),
                         count_included(file.top, settings.excluded),
                         parts.loop.clock().wall_now(),
                         start,
                         settings.earlier,
                         settings.process_slots,
                         settings.http_slots};
  parts.report.run_start(opening);
  if (keeper != nullptr) keeper->when_full([&parts](const std::string& why) { parts.report.warning(why); });
  RunResult result;
  {
    StopNotice notice(run, run_scope);
    const std::int64_t counts_from = run.journal.resumes() ? 0 : kNoRun;
    const FileEnd end = co_await run_jobs_of_file(run, run.top, nullptr, counts_from, run_scope);
    result.stopped = end.stopped;
    Context names(&run.top.names);
    end.add_to(names);
    if (!file.outputs.empty()) result.outputs = outputs_of_file(run, names);
  }
  if (keeper != nullptr) keeper->when_full(nullptr);
  parts.breakers.set_listener(nullptr);
  result.results = std::move(run.results);
  result.elapsed = run.now() - start;
  co_return result;
}

}  // namespace corun
