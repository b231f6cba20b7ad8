// In which order jobs can run, and which at once. Knows nothing of what a job is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace corun {

/// For each of `count` jobs its wave, from 1: one more than the latest of its needs. `needs(i)` gives a range of what has `job`,
/// the place of a job; needs that `is_left_out` are as if they had succeeded long ago. No recursion, however long a chain is.
template <typename Needs, typename IsLeftOut>
std::vector<std::uint32_t> waves(std::size_t count, Needs needs, IsLeftOut is_left_out) {
  std::vector<std::uint32_t> wave(count, 1);
  std::vector<std::size_t> open_needs(count, 0);
  std::vector<std::vector<std::uint32_t>> dependents(count);
  std::vector<std::uint32_t> ready;
  for (std::uint32_t i = 0; i < count; ++i) {
    open_needs[i] = needs(i).size();
    for (const auto& need : needs(i)) dependents[need.job].push_back(i);
    if (open_needs[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const std::uint32_t index = ready.back();
    ready.pop_back();
    const std::uint32_t next = is_left_out(index) ? 1 : wave[index] + 1;
    for (const std::uint32_t dependent : dependents[index]) {
      wave[dependent] = std::max(wave[dependent], next);
      if (--open_needs[dependent] == 0) ready.push_back(dependent);
    }
  }
  return wave;
}

}  // namespace corun
