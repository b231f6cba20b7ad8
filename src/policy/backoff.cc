// Backoff formulas and jitter. Knows no clock, and nothing of why an attempt failed.
#include "policy/backoff.h"

#include <algorithm>
#include <limits>

#include "policy/scale.h"

namespace corun {

Duration backoff_delay(const BackoffSettings& settings, std::uint32_t n) {
  switch (settings.kind) {
    case BackoffSettings::Kind::constant: break;
    case BackoffSettings::Kind::linear: {
      const std::uint32_t times = n == std::numeric_limits<std::uint32_t>::max() ? n : n + 1;
      return std::min(repeated(settings.delay, times), settings.max_delay);
    }
    case BackoffSettings::Kind::exponential: return grown(settings.delay, settings.factor, n, settings.max_delay);
  }
  return std::min(settings.delay, settings.max_delay);
}

Duration Backoff::next() {
  const Duration plain = backoff_delay(settings_, retries_);
  if (retries_ < std::numeric_limits<std::uint32_t>::max()) ++retries_;
  switch (settings_.jitter) {
    case BackoffSettings::Jitter::none: break;
    case BackoffSettings::Jitter::full: return scaled(plain, random_.unit(), plain);
    case BackoffSettings::Jitter::equal: return plain / 2 + scaled(plain - plain / 2, random_.unit(), plain - plain / 2);
    case BackoffSettings::Jitter::decorrelated: {
      const Duration most = repeated(previous_, 3);
      const Duration least = std::min(settings_.delay, most);
      previous_ = std::min(least + scaled(most - least, random_.unit()), settings_.max_delay);
      return previous_;
    }
  }
  return plain;
}

}  // namespace corun
