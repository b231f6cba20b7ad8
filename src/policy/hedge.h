// When attempts run beside each other: when the next may begin, which one decides. Knows no clock and no jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "policy/budget.h"

namespace corun {

/// Fewer earlier times say nothing of their 95th percentile.
inline constexpr std::size_t kLeastTimes = 20;

/// What 95 % of `times` were at most (nearest rank); nothing if they are fewer than kLeastTimes.
std::optional<Duration> p95(std::vector<Duration> times);

/// The attempts that run at the same time for one attempt of a job (resilience.md §5), by number from 0: the first, then those
/// beside it. The first success decides. As long as something runs, failures decide nothing; when all that began have failed,
/// the first one's failure decides, and what hasn't begun by then doesn't begin any more.
class Hedge {
 public:
  /// What is in the way of another attempt.
  enum class Refusal : std::uint8_t {
    none,
    budget,    ///< at most half of the breaker's budget is left
    half_open  ///< the breaker tries out whether calls are well again
  };

  /// `after` is the settings' own, or p95 of the job's history; the first attempt begins now.
  Hedge(Duration after, std::uint32_t most, TimePoint now) : after_(after), most_(most), last_(now), over_(1) {}

  /// When another attempt is wanted; nothing: none is any more.
  std::optional<TimePoint> due() const;
  /// It is due: whether it may ask to go. `budget` null: there is no breaker. A refusal is final for these attempts.
  Refusal ask(const RetryBudget* budget, bool half_open);
  /// It was let go, and takes the next number.
  std::size_t began(TimePoint now);
  /// An attempt has ended. True if that decides.
  bool ended(std::size_t attempt, bool success);
  bool decided() const { return decider_.has_value(); }
  /// Which attempt's end is that of all; only when it is decided.
  std::size_t decider() const { return *decider_; }

 private:
  Duration after_;
  std::uint32_t most_;
  TimePoint last_;           // when the last one began, or was asked for
  std::uint32_t asked_ = 0;  // beside the first: begun, or waiting for their turn
  std::vector<bool> over_;   // by attempt
  std::optional<std::size_t> decider_;
  bool refused_ = false;
};

}  // namespace corun
