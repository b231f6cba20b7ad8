// GCRA on a theoretical arrival time. Knows no clock and no queue.
#include "policy/rate.h"

#include <algorithm>

#include "policy/scale.h"

namespace corun {

Rate::Rate(std::uint32_t count, Duration period, std::uint32_t burst)
    : interval_(std::max(Duration(1), (period + Duration(count - 1)) / count)),
      tolerance_(repeated(interval_, burst)),
      burst_(burst) {}

TimePoint Rate::arrival(TimePoint now) const { return now < last_ ? arrival_ - (last_ - now) : arrival_; }

Rate::Decision Rate::peek(TimePoint now, std::uint32_t permits) const {
  if (permits > burst_) return {false, std::nullopt};
  const TimePoint earliest = std::max(now, arrival(now)) + repeated(interval_, permits) - tolerance_;
  if (now >= earliest) return {true, std::nullopt};
  return {false, earliest - now};
}

Rate::Decision Rate::try_acquire(TimePoint now, std::uint32_t permits) {
  const Decision decision = peek(now, permits);
  arrival_ = arrival(now);
  last_ = now;
  if (decision.allowed) arrival_ = std::max(now, arrival_) + repeated(interval_, permits);
  return decision;
}

void Rate::give_back(std::uint32_t permits) { arrival_ -= repeated(interval_, std::min(permits, burst_)); }

std::uint32_t Rate::remaining(TimePoint now) const {
  const Duration free = tolerance_ - std::max(Duration::zero(), arrival(now) - now);
  if (free <= Duration::zero()) return 0;
  return static_cast<std::uint32_t>(std::min<Duration::rep>(free / interval_, burst_));
}

}  // namespace corun
