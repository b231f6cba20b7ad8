// Products of durations that stop at a longest one. Knows nothing of what they delay.
#include "policy/scale.h"

#include <algorithm>
#include <cmath>

namespace corun {

Duration scaled(Duration duration, double factor, Duration longest) {
  const double product = static_cast<double>(duration.count()) * factor;
  if (!(product > 0)) return Duration::zero();
  if (product >= static_cast<double>(longest.count())) return longest;
  return Duration(static_cast<Duration::rep>(product));
}

Duration repeated(Duration duration, std::uint32_t count) {
  if (count != 0 && duration > kLongest / count) return kLongest;
  return duration * count;
}

Duration grown(Duration base, double factor, std::uint32_t steps, Duration longest) {
  if (base <= Duration::zero() || longest <= Duration::zero()) return Duration::zero();
  const double steps_to_longest =
      factor > 1 ? std::log(static_cast<double>(longest.count()) / static_cast<double>(base.count())) / std::log(factor)
                 : HUGE_VAL;
  if (steps > steps_to_longest + 1) return longest;
  return scaled(base, std::pow(factor, steps), longest);
}

}  // namespace corun
