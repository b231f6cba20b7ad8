// Time as the whole program sees it: durations, monotonic points, and the clock that tests replace. Knows no event loop.
#pragma once

#include <chrono>
#include <cstdint>

namespace corun {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// A point on the monotonic clock. Deadlines are absolute points, never remaining durations.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// A point on the calendar clock; used only at the edges (log lines, HTTP dates).
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// Milliseconds since 1970, as moments are stored; rounded towards zero.
inline std::int64_t to_milliseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// The moment stored as `milliseconds`.
inline WallTime from_milliseconds(std::int64_t milliseconds) { return WallTime(std::chrono::milliseconds(milliseconds)); }

/// Microseconds, as durations are stored; rounded towards zero.
inline std::int64_t to_microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

/// Where "now" comes from. Tests replace it by FakeClock (loop/fake_clock.h).
class Clock {
 public:
  virtual ~Clock() = default;
  /// Monotonic now; never goes back.
  virtual TimePoint now() const = 0;
  /// Calendar now; may jump.
  virtual WallTime wall_now() const = 0;
  /// Called by the loop when nothing is left to do before `deadline`: true if the clock moved there by itself
  /// (a fake clock), false if the caller has to wait (a real one).
  virtual bool skip_to(TimePoint deadline) = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
  bool skip_to(TimePoint) override { return false; }
};

}  // namespace corun
