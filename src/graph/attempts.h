// How often a job may be attempted. Knows nothing of attempts that are made.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "graph/idempotency.h"
#include "graph/job.h"

namespace corun {

/// The most attempts of `job`: each round of `repeat` has all those of `retry`, each with those of `hedge` beside it. 0: as many
/// as its time allows.
inline std::uint32_t most_attempts(const Job& job) {
  const HedgeSettings* hedge = hedge_of(job);
  const std::uint64_t beside = hedge != nullptr ? hedge->max : 0;
  const std::uint64_t retries = (job.policies ? job.policies->retry.attempts : 1) * (1 + beside);
  const JobFlow* flow = job.written().flow.get();
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (flow == nullptr || !flow->repeat) return static_cast<std::uint32_t>(std::min(kMost, retries));
  return static_cast<std::uint32_t>(std::min(kMost, flow->repeat->attempts * retries));
}

}  // namespace corun
