// What the policy tests share: scripted random numbers, points in time, outcomes. Knows no test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/outcome.h"
#include "base/policy_settings.h"
#include "policy/random.h"

namespace corun::test {

/// Gives the scripted numbers one after the other, then `rest` for ever. 0.5 is the middle: no jitter of a breaker.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::vector<double> script = {}, double rest = 0.5) : script_(std::move(script)), rest_(rest) {}
  double unit() override { return next_ < script_.size() ? script_[next_++] : rest_; }

 private:
  std::vector<double> script_;
  double rest_;
  std::size_t next_ = 0;
};

/// The largest number that unit() may give.
constexpr double kAlmostOne = 1 - 0x1p-53;

/// Only what a test sets trips the breaker: no consecutive rule, no growth of the open time.
inline BreakerSettings by_ratio(double failure_ratio, std::uint32_t min_calls) {
  BreakerSettings settings;
  settings.failure_ratio = failure_ratio;
  settings.min_calls = min_calls;
  settings.consecutive = 0;
  settings.open_factor = 1;
  return settings;
}

/// A point in time.
inline TimePoint at(Duration since_start) { return TimePoint(since_start); }

inline Outcome outcome_of(FailureKind kind) {
  Outcome outcome;
  outcome.kind = kind;
  return outcome;
}

inline Outcome http_status(int status) {
  Outcome outcome = outcome_of(FailureKind::http_status);
  outcome.http_status = status;
  return outcome;
}

inline Outcome exit_code(int code) {
  Outcome outcome = outcome_of(FailureKind::exit_code);
  outcome.exit_code = code;
  return outcome;
}

}  // namespace corun::test
