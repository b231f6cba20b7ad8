// What a run's results mean as an exit code. Knows nothing of how the process ends.
#include "cli/exit_code.h"

#include <algorithm>

#include "graph/groups.h"

namespace corun {
namespace {

bool failed(const JobResult& result) { return is_final(result.state) && !is_success(result.state) && !result.failure_allowed; }

// Whether `kind` is behind every failure of a group's jobs (there is at least one), or behind any.
struct Causes {
  FailureKind kind;
  bool found = false;  // a failure of this kind
  bool other = false;  // a failure of another kind

  // A graph's `on_failure` is a consequence, too.
  void add_inside(const Action& action, const std::vector<JobResult>& results) {
    const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action);
    for_each_group(action, [&](const JobGroup& inside) {
      if (graph == nullptr || &inside != &(*graph)->file->on_failure) add(inside, results);
    });
  }

  void add(const JobGroup& group, const std::vector<JobResult>& results) {
    for (const Job& job : group.jobs) {
      const JobResult& result = results[job.id];
      if (!is_failure(result)) continue;  // skipped and cancelled jobs are consequences, never causes
      if (has_groups(job) && result.outcome.kind == FailureKind::group) {
        add_inside(job.action, results);
      } else {
        (result.outcome.kind == kind ? found : other) = true;
      }
    }
  }
};

}  // namespace

int exit_code(const JobFile& file, const std::vector<JobResult>& results, const std::vector<bool>& excluded, CancelReason stopped,
              int signal) {
  if (signal != 0) return kExitSignalBase + signal;
  const auto has_failed = [&](const JobGroup& group) {
    return std::any_of(group.jobs.begin(), group.jobs.end(), [&](const Job& job) {
      const JobResult& result = results[job.id];
      const bool left_out = job.id < excluded.size() && excluded[job.id];
      return !left_out && result.state != JobState::skipped && failed(result);
    });
  };
  const bool any_failed = has_failed(file.top) || has_failed(file.on_success) || has_failed(file.finally);
  if (!any_failed) return kExitSuccess;  // what completes at its deadline has completed
  if (stopped == CancelReason::run_timeout) return kExitTimeout;

  Causes internal{FailureKind::internal};
  internal.add(file.top, results);
  if (internal.found) return kExitInternal;
  Causes breakers{FailureKind::breaker_open};
  breakers.add(file.top, results);
  return breakers.found && !breakers.other ? kExitUnavailable : kExitFailure;
}

const char* verdict_word(int exit_code) {
  if (exit_code == kExitSuccess) return "succeeded";
  if (exit_code > kExitSignalBase) return "interrupted";
  return exit_code == kExitTimeout ? "timed_out" : "failed";
}

}  // namespace corun
