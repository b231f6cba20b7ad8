// A rate limit: so many permits a period, so many at once. Knows no clock and no queue.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace corun {

/// GCRA (resilience.md §5): one permit costs T = period / count (rounded up to a nanosecond, so the rate is never
/// passed); the theoretical arrival time (TAT) of the next permit is the whole state, and n permits are given iff
/// now ≥ max(now, TAT) + n·T − T·burst. The last time seen is kept beside it only so that a clock set back neither
/// gives permits nor takes any: the TAT moves back with it.
class Rate {
 public:
  /// `count` and `burst` at least 1, `period` positive.
  Rate(std::uint32_t count, Duration period, std::uint32_t burst);

  /// Whether permits are given; if not, `retry_after` says when, or nothing if never (more than `burst`).
  struct Decision {
    bool allowed = false;
    std::optional<Duration> retry_after;
  };
  /// What `try_acquire` would say; changes nothing.
  Decision peek(TimePoint now, std::uint32_t permits = 1) const;
  /// Takes `permits` if all are there.
  Decision try_acquire(TimePoint now, std::uint32_t permits = 1);
  /// Returns permits that were taken and not used.
  void give_back(std::uint32_t permits = 1);
  /// Permits there now.
  std::uint32_t remaining(TimePoint now) const;

 private:
  TimePoint arrival(TimePoint now) const;

  Duration interval_;   // T
  Duration tolerance_;  // T · burst
  std::uint32_t burst_;
  TimePoint arrival_{};  // TAT
  TimePoint last_{};
};

}  // namespace corun
