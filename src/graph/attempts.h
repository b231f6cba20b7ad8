// How often a job may be attempted. Knows nothing of attempts that are made.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "graph/job.h"

namespace corun {

/// The most attempts of `job`: each round of `repeat` has all those of `retry`. 0: as many as its time allows.
inline std::uint32_t most_attempts(const Job& job) {
  const std::uint64_t retries = job.policies ? job.policies->retry.attempts : 1;
  const JobFlow* flow = job.written().flow.get();
  if (flow == nullptr || !flow->repeat) return static_cast<std::uint32_t>(retries);
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(kMost, flow->repeat->attempts * retries));
}

}  // namespace corun
