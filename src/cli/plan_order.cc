// The waves of a group's jobs. Knows nothing of how a plan is shown.
#include "cli/plan_order.h"

#include <algorithm>

#include "cli/waves.h"

namespace corun {

std::vector<PlannedJob> plan_order(const JobGroup& group, const std::vector<bool>& excluded) {
  const std::size_t count = group.jobs.size();
  const auto left_out = [&](const Job& job) { return job.id < excluded.size() && excluded[job.id]; };

  const std::vector<std::uint32_t> wave = waves(
      count, [&](std::uint32_t i) -> const std::vector<Need>& { return group.jobs[i].needs; },
      [&](std::uint32_t i) { return left_out(group.jobs[i]); });

  std::vector<PlannedJob> order;
  for (JobIndex i = 0; i < count; ++i) {
    if (!left_out(group.jobs[i])) order.push_back({&group.jobs[i], wave[i]});
  }
  std::stable_sort(order.begin(), order.end(), [](const PlannedJob& a, const PlannedJob& b) { return a.wave < b.wave; });
  return order;
}

}  // namespace corun
