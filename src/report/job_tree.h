// Which job is inside which group, by id. Knows nothing of results.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/job.h"

namespace corun {

/// The nesting of a file's jobs.
class JobTree {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  JobTree() = default;
  /// `count` is the number of jobs, the inside of groups included.
  JobTree(const JobFile& file, std::size_t count) : parents_(count, kNone) { add(file.top, kNone); }

  /// The group that holds job `id`; kNone at the top level.
  std::uint32_t parent(std::uint32_t id) const { return parents_[id]; }
  bool is_top(std::uint32_t id) const { return parents_[id] == kNone; }

 private:
  void add(const JobGroup& group, std::uint32_t parent) {
    for (const Job& job : group.jobs) {
      parents_[job.id] = parent;
      add_inside(job.action, job.id);
      if (job.fallback) add_inside(*job.fallback, job.id);
    }
  }
  void add_inside(const Action& action, std::uint32_t id) {
    if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action)) add(*(*gather)->group, id);
  }

  std::vector<std::uint32_t> parents_;
};

}  // namespace corun
