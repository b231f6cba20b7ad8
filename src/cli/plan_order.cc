// The waves of a group's jobs. Knows nothing of how a plan is shown.
#include "cli/plan_order.h"

#include <algorithm>

namespace corun {

std::vector<PlannedJob> plan_order(const JobGroup& group, const std::vector<bool>& excluded) {
  const std::size_t count = group.jobs.size();
  const auto left_out = [&](const Job& job) { return job.id < excluded.size() && excluded[job.id]; };

  // A job is placed once all its needs are: no recursion, however long a chain is.
  std::vector<std::uint32_t> wave(count, 1);
  std::vector<std::size_t> open_needs(count, 0);
  std::vector<std::vector<JobIndex>> dependents(count);
  std::vector<JobIndex> ready;
  for (JobIndex i = 0; i < count; ++i) {
    open_needs[i] = group.jobs[i].needs.size();
    for (const Need& need : group.jobs[i].needs) dependents[need.job].push_back(i);
    if (open_needs[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const JobIndex index = ready.back();
    ready.pop_back();
    const std::uint32_t next = left_out(group.jobs[index]) ? 1 : wave[index] + 1;  // as if it had succeeded long ago
    for (const JobIndex dependent : dependents[index]) {
      wave[dependent] = std::max(wave[dependent], next);
      if (--open_needs[dependent] == 0) ready.push_back(dependent);
    }
  }

  std::vector<PlannedJob> order;
  for (JobIndex i = 0; i < count; ++i) {
    if (!left_out(group.jobs[i])) order.push_back({&group.jobs[i], wave[i]});
  }
  std::stable_sort(order.begin(), order.end(), [](const PlannedJob& a, const PlannedJob& b) { return a.wave < b.wave; });
  return order;
}

}  // namespace corun
