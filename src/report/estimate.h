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
  std::unordered_map<std::string, Duration> by_job;  ///< that succeeded: at the top level
  std::unordered_map<std::string, Duration> inside;  ///< the same of what is inside of groups; of many of a name their sum
  std::unordered_map<std::string, Duration> items;   ///< the same of items, by their job
  std::uint32_t process_slots = 1;
  std::uint32_t http_slots = 256;
  std::vector<bool> excluded;  ///< by Job::id: don't run
};

/// The name of an item or of what is inside of one as it stands in the file: `all[3]/load` is `all/load`.
std::string name_in_file(std::string_view name);

/// Roughly: the longest chain of needs that is left, or what has to go through the slots of its kind or a limit over how much
/// they let through at once, whichever is most. A job at the top that no earlier run had is taken for an average one.
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
    bool is_top = false;
    bool ended = false;
    std::optional<TimePoint> started;
    std::size_t items = 0;  // of a foreach, once one has begun
    std::size_t items_begun = 0;
    std::size_t items_ended = 0;
    std::vector<std::uint32_t> gates;  // that its work goes through
    Duration work{};                   // of it alone, or of all its items
  };
  // Slots of a kind, or a limit.
  struct Gate {
    double at_once = 0;           // 0: any number
    double seconds_for_each = 0;  // a rate
    std::size_t burst = 0;
  };

  void chain(const std::vector<Job>& jobs);
  void add_gates(const Job& job, Expected& expected) const;
  Expected* find(const Job& job);
  static Duration time_left(const Expected& job, TimePoint now);
  static double share_left(const Expected& job, TimePoint now);
  Duration compute(TimePoint now) const;

  std::vector<Expected> jobs_;  // by Job::id, as written
  std::vector<Gate> gates_;     // of processes, of requests, then the limits
  std::optional<TimePoint> computed_;
  Duration left_{};
};

}  // namespace corun
