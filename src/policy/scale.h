// Durations multiplied without overflow. Knows nothing of what they delay.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace corun {

/// No product is longer than this (some 73 years), so that it can still be added to any point in time.
constexpr Duration kLongest = Duration::max() / 4;

/// min(duration · factor, longest), rounded down; 0 for a negative product.
Duration scaled(Duration duration, double factor, Duration longest = kLongest);

/// min(duration · count, kLongest), exact below that; `duration` isn't negative.
Duration repeated(Duration duration, std::uint32_t count);

/// min(base · factorⁿ, longest) with n = `steps`. Never computes a power that passes `longest`.
Duration grown(Duration base, double factor, std::uint32_t steps, Duration longest);

}  // namespace corun
