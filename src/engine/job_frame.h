// Which jobs the expressions of a job can see: those that it needs, in its group and those around it. Knows nothing of
// expressions.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/job.h"

namespace corun {

/// One group on the way down: its jobs by name, and which of them is being looked at.
struct Frame {
  const JobGroup& group;
  const Frame* outer;
  const Job* current = nullptr;           // null: all of the group is visible (callbacks, outputs of the file)
  bool over = false;                      // the group has ended
  std::vector<std::string_view> items{};  // the names of the items around it
  mutable std::unordered_map<std::string_view, JobIndex> names{};

  const Job* find(std::string_view name) const {
    if (names.empty()) {
      for (JobIndex i = 0; i < group.jobs.size(); ++i) names.emplace(short_name(group.jobs[i]), i);
    }
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &group.jobs[found->second];
  }

  // Whether the current job needs `job`, over any number of steps.
  bool needs(const Job& job) const {
    bool found = false;
    for_each_needed([&](const Job& each) {
      found = &each == &job;
      return !found;
    });
    return found;
  }

  // Calls `visit(job)` for each job that can be seen until it returns false. One walk, however many jobs.
  template <typename Visit>
  void for_each_needed(Visit visit) const {
    if (over) {
      for (const Job& job : group.jobs) {
        if (!visit(job)) return;
      }
    }
    if (over || current == nullptr) return;
    std::vector<bool> seen(group.jobs.size());
    std::vector<const Job*> open{current};
    while (!open.empty()) {
      const Job* each = open.back();
      open.pop_back();
      for (const Need& need : each->needs) {
        if (seen[need.job]) continue;
        seen[need.job] = true;
        open.push_back(&group.jobs[need.job]);
        if (!visit(group.jobs[need.job])) return;
      }
    }
  }
};

}  // namespace corun
