// Which rows are a run's. Knows nothing of what is in them.
#pragma once

#include <cstdint>

namespace corun {

/// From one id to another, both included.
struct Rows {
  std::int64_t first;
  std::int64_t last;
};

/// A run's rows stand together, in the order in which they were written: an id is the run's number, and in its lower 32 bits the
/// row's, from 1.
constexpr Rows rows_of(std::int64_t run) { return {(run << 32) + 1, ((run + 1) << 32) - 1}; }

constexpr std::int64_t run_of_row(std::int64_t id) { return id >> 32; }

}  // namespace corun
