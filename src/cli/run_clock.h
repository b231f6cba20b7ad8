// The clock of a run that may be stopped for a while (^Z). Knows nothing of signals.
#pragma once

#include "base/clock.h"

namespace corun {

/// The machine's own clocks, but monotonic time may stand still.
class RunClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now() - left_out_; }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
  bool skip_to(TimePoint) override { return false; }

  /// Takes the last `duration` out of time, as if it hadn't passed: no deadline comes nearer by it.
  void leave_out(Duration duration) { left_out_ += duration; }

 private:
  Duration left_out_{0};
};

}  // namespace corun
