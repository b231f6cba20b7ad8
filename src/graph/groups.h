// The groups of jobs inside files and jobs, wherever they may be. Knows nothing of what is done with them.
#pragma once

#include "graph/job.h"

namespace corun {

/// Calls `visit` with each group of a JobFile: its jobs, then its callbacks.
template <typename File, typename Visit>
void for_each_group_of_file(File& file, Visit visit) {
  for (auto* group : {&file.top, &file.on_success, &file.on_failure, &file.finally}) visit(*group);
}

/// Calls `visit` with each group that an action consists of: a gather's members, the groups of a graph's file.
template <typename Visit>
void for_each_group(const Action& action, Visit visit) {
  if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action); gather != nullptr && (*gather)->group) {
    visit(*(*gather)->group);
  } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action)) {
    for_each_group_of_file(*(*graph)->file, visit);
  }
}

/// The same for a job: of its action and of its fallback.
template <typename Visit>
void for_each_group(const Job& job, Visit visit) {
  for_each_group(job.action, visit);
  if (job.fallback) for_each_group(*job.fallback, visit);
}

/// Calls `visit` with each JobFile inside of `group`, over any number of levels.
template <typename Visit>
void for_each_inner_file(JobGroup& group, const Visit& visit) {
  for (Job& job : group.jobs) {
    for (Action* action : {&job.action, job.fallback.get()}) {
      if (action == nullptr) continue;
      if (auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(action)) visit(*(*graph)->file);
    }
    for_each_group(job, [&](JobGroup& inside) { for_each_inner_file(inside, visit); });
  }
}

template <typename Visit>
void for_each_inner_file(JobFile& file, const Visit& visit) {
  for_each_group_of_file(file, [&](JobGroup& group) { for_each_inner_file(group, visit); });
}

/// Whether the job's action consists of other jobs.
inline bool has_groups(const Job& job) {
  const Action& action = job.written().action;
  return std::holds_alternative<std::unique_ptr<GatherSpec>>(action) ||
         std::holds_alternative<std::unique_ptr<GraphSpec>>(action);
}

}  // namespace corun
