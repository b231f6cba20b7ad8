// Finds the failure at the root of a run's. Knows nothing of how jobs are run.
#include "cli/root_failure.h"

#include "cli/exit_code.h"
#include "graph/groups.h"

namespace corun {
namespace {

int code_of(const Outcome& outcome) {
  if (outcome.kind == FailureKind::signal) return kExitSignalBase + outcome.signal;
  return outcome.kind == FailureKind::exit_code ? outcome.exit_code : 0;
}

class Search {
 public:
  Search(const std::vector<JobResult>& results, const std::vector<bool>& excluded, const ItemFailures& items)
      : results_(results), excluded_(excluded), items_(items) {}

  // The first of a group that failed; null: none did.
  const Job* first_in(const JobGroup& group) const {
    const Job* first = nullptr;
    for (const Job& job : group.jobs) {
      const bool left_out = job.id < excluded_.size() && excluded_[job.id];
      if (left_out || !is_failure(results_[job.id])) continue;
      if (first == nullptr || results_[job.id].ended < results_[first->id].ended) first = &job;
    }
    return first;
  }

  int code_in(const Job& job) const {
    const Outcome& outcome = results_[job.id].outcome;
    if (outcome.kind != FailureKind::group) return code_of(outcome);
    if (job.flow && job.flow->foreach) {
      const Outcome* item = items_.find(job);
      return item != nullptr ? code_of(*item) : 0;
    }
    const Job* first = nullptr;
    for_each_group(job.action, [&](const JobGroup& group) {
      if (first == nullptr) first = first_in(group);
    });
    return first != nullptr ? code_in(*first) : 0;
  }

 private:
  const std::vector<JobResult>& results_;
  const std::vector<bool>& excluded_;
  const ItemFailures& items_;
};

// The first failure with a code among what an item consists of.
const Outcome* first_inside(const JobGroup& group, const ItemFailures& items) {
  for (const Job& job : group.jobs) {
    const Outcome* found = items.find(job);
    if (found != nullptr) return found;
  }
  return nullptr;
}

}  // namespace

void ItemFailures::job_state(const JobStateChange& change) {
  if (change.job.definition == nullptr || !is_failure(change.result)) return;
  first_.try_emplace(change.job.definition->id, change.result.outcome);
}

const Outcome* ItemFailures::find(const Job& job) const {
  const auto found = first_.find(job.id);
  if (found == first_.end()) return nullptr;
  if (found->second.kind != FailureKind::group) return &found->second;
  const Outcome* inside = nullptr;
  for_each_group(job.action, [&](const JobGroup& group) {
    if (inside == nullptr) inside = first_inside(group, *this);
  });
  return inside;
}

int root_exit_code(const JobFile& file, const std::vector<JobResult>& results, const std::vector<bool>& excluded,
                   const ItemFailures& items) {
  const Search search(results, excluded, items);
  for (const JobGroup* group : {&file.top, &file.on_success, &file.finally}) {
    if (const Job* first = search.first_in(*group)) return search.code_in(*first);
  }
  return 0;
}

}  // namespace corun
