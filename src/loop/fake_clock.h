// Time for tests: stands still until told, or until the loop has nothing else to do. Knows no loop.
#pragma once

#include "base/clock.h"

namespace corun {

/// Starts at 0 on the monotonic side and at 2026-01-01T00:00:00Z on the calendar. A loop with nothing to do before its
/// next timer moves it there, so a test of an hour takes no time.
class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return WallTime(1767225600s) + now_.time_since_epoch(); }
  bool skip_to(TimePoint deadline) override {
    if (deadline > now_) now_ = deadline;
    return true;
  }
  void advance(Duration by) { now_ += by; }
  /// Time since the clock was made.
  Duration elapsed() const { return now_.time_since_epoch(); }

 private:
  TimePoint now_{};
};

}  // namespace corun
