// What runs at the moment, since when and in which attempt. Knows nothing of where it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/report.h"

namespace corun {

/// Follows the jobs between their first attempt and their end; groups aren't jobs here, their members are.
class RunningJobs {
 public:
  void job_state(const JobStateChange& change);
  void attempt_start(const AttemptStart& attempt);
  void retry_wait(const RetryWait& wait);

  std::size_t count() const { return jobs_.size(); }
  /// One line a job, longest running first, at most `most`: `fetch: 41s, attempt 2 of 5, next try in 1.6s`.
  std::vector<std::string> lines(TimePoint now, std::size_t most) const;

 private:
  struct Running {
    const Job* job;
    TimePoint since;
    std::uint32_t attempt = 0;
    TimePoint next_try{};  // while it waits for one
  };
  std::unordered_map<std::uint32_t, Running> jobs_;  // by id
};

}  // namespace corun
