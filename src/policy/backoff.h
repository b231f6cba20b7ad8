// How long to pause between attempts. Knows no clock, and nothing of why an attempt failed.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "policy/random.h"

namespace corun {

/// The pause before retry `n` (from 0) without jitter, at most `max_delay`; resilience.md §3: constant b, linear b·(n+1),
/// exponential b·factorⁿ.
Duration backoff_delay(const BackoffSettings& settings, std::uint32_t n);

/// The pauses of one job, one after the other. With r uniform in [0, 1) and d the pause without jitter:
/// none d, full r·d, equal d/2 + r·d/2, decorrelated s = min(max_delay, U(b, 3·s)) from s = b, whatever the kind.
/// Never more than `max_delay`.
class Backoff {
 public:
  /// `random` must outlive this.
  Backoff(const BackoffSettings& settings, Random& random) : settings_(settings), random_(random), previous_(settings.delay) {}

  /// The next pause.
  Duration next();
  bool jittered() const { return settings_.jitter != BackoffSettings::Jitter::none; }

 private:
  BackoffSettings settings_;
  Random& random_;
  std::uint32_t retries_ = 0;
  Duration previous_;  // s of decorrelated jitter
};

}  // namespace corun
