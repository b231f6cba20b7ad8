// The jobs of a file, then its callbacks. Knows nothing of attempts.
#include "engine/run_jobs_of_file.h"

#include <algorithm>
#include <utility>

#include "engine/run_group.h"
#include "policy/gather.h"

namespace corun {
namespace {

// Every job counts, and a failure ends no other one: unless a graph's shall (--fail-fast), as the run itself then ends.
Gather all_of(const RunContext& run, const JobGroup& group, const Job* owner) {
  const std::vector<bool>& excluded = run.settings.excluded;
  const auto left_out = std::count_if(group.jobs.begin(), group.jobs.end(),
                                      [&](const Job& job) { return job.id < excluded.size() && excluded[job.id]; });
  const bool goes_on = owner == nullptr || !run.settings.fail_fast;
  return Gather(GatherPolicy::all, 0, goes_on, group.jobs.size() - static_cast<std::size_t>(left_out));
}

// The jobs of `on_success` or `on_failure`, then those of `finally`; what has ended the others doesn't end them. A failure of
// one of them is the file's, if there is no other.
Task<void> run_callbacks_of_file(RunContext& run, const RunningFile& running, const Job* owner, const Context& names,
                                 Outcome& outcome, CancelScope& scope) {
  const JobFile& file = running.file;
  const bool succeeded = outcome.ok() && !scope.cancelled();
  ShieldedScope shield(scope);
  for (const JobGroup* group : {succeeded ? &file.on_success : &file.on_failure, &file.finally}) {
    if (group->jobs.empty()) continue;
    run.journal.settle();
    Gather gather = all_of(run, *group, owner);
    const GroupRequest request{*group, &gather, owner, running, names};
    GroupEnd end = co_await run_group(run, request, shield);
    if (outcome.ok()) outcome = std::move(end.outcome);
  }
}

}  // namespace

void FileEnd::add_to(Context& names) const {
  if (jobs.is_null()) return;
  names.set("jobs", jobs);
  for (const std::string& name : jobs_with_secrets) names.taint("jobs", name, Taint::holds);
}

Task<FileEnd> run_jobs_of_file(RunContext& run, const RunningFile& running, const Job* owner, std::int64_t counts_from,
                               CancelScope& scope) {
  const JobFile& file = running.file;
  Gather gather = all_of(run, file.top, owner);
  const GroupRequest request{file.top, &gather, owner, running, running.names, false, counts_from};
  GroupEnd jobs = co_await run_group(run, request, scope);
  FileEnd end;
  end.outcome = std::move(jobs.outcome);
  end.stopped = scope.reason();
  end.jobs = std::move(jobs.jobs);
  end.jobs_with_secrets = std::move(jobs.jobs_with_secrets);
  end.results = std::move(jobs.results);
  Context names(&running.names);
  end.add_to(names);
  co_await run_callbacks_of_file(run, running, owner, names, end.outcome, scope);
  co_return end;
}

}  // namespace corun
