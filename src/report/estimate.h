// How long a run will still take, as earlier runs let expect. Knows nothing of where their times come from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/report.h"

namespace corun {

/// How long jobs took in earlier runs of a file, and how much may run at once.
struct EarlierTimes {
  std::unordered_map<std::string, Duration> by_job;  ///< top-level jobs that succeeded
  std::uint32_t process_slots = 1;
  std::vector<bool> excluded;  ///< by Job::id: don't run
};

/// Roughly: the longest chain of needs that is left, or the work of what is left over the slots, whichever is more. A job that
/// no earlier run had is taken for an average one.
class Estimate {
 public:
  void run_start(const RunStart& start, const EarlierTimes& earlier);
  void job_state(const JobStateChange& change);
  /// Nothing: no earlier run tells. At most a second old: it is looked for once a second.
  std::optional<Duration> left(TimePoint now);

 private:
  struct Expected {
    Duration time{};
    Duration after{};  // the longest chain of what needs it
    bool in_slot = false;
    bool ended = false;
    std::optional<TimePoint> started;
  };
  Duration compute(TimePoint now) const;

  std::vector<Expected> jobs_;        // of the top level
  std::vector<std::uint32_t> by_id_;  // their places
  std::uint32_t slots_ = 1;
  std::optional<TimePoint> computed_;
  Duration left_{};
};

}  // namespace corun
