// From this process's steady time to the calendar's, which processes have in common, and back. Knows nothing of what is timed.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace corun {

/// The distance of both clocks at this moment. The calendar may jump, so it is looked at anew for each operation.
class SharedTime {
 public:
  explicit SharedTime(const Clock& clock) {
    // Whoever loses the processor between the two clocks would get a wrong distance: the closest look of a few counts.
    Duration closest = Duration::max();
    for (int looks = 0; looks < kLooks && closest > kCloseEnough; ++looks) {
      const TimePoint before = clock.now();
      const WallTime wall = clock.wall_now();
      const TimePoint after = clock.now();
      if (after - before >= closest) continue;
      closest = after - before;
      distance_ = wall.time_since_epoch() - after.time_since_epoch();
      now_ = after;
    }
  }

  /// Now, on the steady clock.
  TimePoint now() const { return now_; }
  /// Microseconds since 1970.
  std::int64_t shared(TimePoint time) const {
    return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch() + distance_).count();
  }
  TimePoint steady(std::int64_t microseconds) const {
    return TimePoint(std::chrono::microseconds(std::clamp(microseconds, -kFarthest, kFarthest)) - distance_);
  }

 private:
  static constexpr int kLooks = 5;
  static constexpr Duration kCloseEnough = std::chrono::microseconds(20);
  static constexpr std::int64_t kFarthest = INT64_MAX / 2000;  // nothing that the arithmetic of nanoseconds can't bear

  Duration distance_{};
  TimePoint now_{};
};

}  // namespace corun
