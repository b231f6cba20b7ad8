// How many jobs ended how, and the line that says so. Knows nothing of single jobs.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/job_result.h"

namespace corun {

/// Counts the ends of jobs.
class Counts {
 public:
  /// Counts a final result.
  void add(const JobResult& result);

  std::size_t total() const { return total_; }
  std::size_t of(JobState state) const { return by_state_[static_cast<std::size_t>(state)]; }
  /// Failures that `continue_on_error` allows; not counted in `of`.
  std::size_t allowed() const { return allowed_; }

  /// `40 jobs: 37 ok, 1 degraded, 1 failed, 1 skipped in 41s`.
  std::string line(Duration elapsed) const;
  /// Appends `{"total":40,"succeeded":37,…,"allowed":0}`: all final states by their names.
  void append_json(std::string& out) const;

 private:
  std::array<std::size_t, static_cast<std::size_t>(JobState::rejected) + 1> by_state_{};
  std::size_t total_ = 0;
  std::size_t allowed_ = 0;
  std::size_t restored_ = 0;  // of all: done by an earlier run
};

}  // namespace corun
