// In which waves the jobs of a group can go. Knows nothing of how a plan is shown.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/job.h"

namespace corun {

/// A job and its wave, from 1: one more than the latest of its needs, or 1.
struct PlannedJob {
  const Job* job;
  std::uint32_t wave;
};

/// The jobs of `group` that aren't left out (`excluded`, by Job::id; may be empty), by wave, then in the order of the file.
std::vector<PlannedJob> plan_order(const JobGroup& group, const std::vector<bool>& excluded);

}  // namespace corun
