// The retry budget: how much retrying a dependency may cost before its retries stop. Knows no clock and no jobs.
#pragma once

#include <algorithm>
#include <cstdint>

namespace corun {

/// A bucket of tokens in gRPC's form (resilience.md §3), shared by the jobs of one breaker: it starts full, a retryable
/// failure takes one token, a success gives a fraction back; retries and hedges go only while more than half is left.
/// Counted in thousandths of a token.
class RetryBudget {
 public:
  static constexpr std::int32_t kToken = 1000;

  explicit RetryBudget(std::int32_t most = 10 * kToken, std::int32_t per_success = kToken / 10)
      : most_(most), per_success_(per_success), left_(most) {}

  /// One more attempt may be made beyond each job's first.
  bool allows_retry() const { return left_ > most_ / 2; }
  /// A call succeeded.
  void record_success() { left_ = std::min(most_, left_ + per_success_); }
  /// A call failed in a way that is retried.
  void record_failure() { left_ = std::max(0, left_ - kToken); }
  /// Thousandths of a token.
  std::int32_t left() const { return left_; }
  /// Goes on from so many.
  void set_left(std::int32_t left) { left_ = std::clamp(left, 0, most_); }
  /// So many successes.
  void record_successes(std::uint32_t count) {
    const std::int64_t sum = left_ + std::int64_t{per_success_} * count;
    left_ = static_cast<std::int32_t>(std::min<std::int64_t>(most_, sum));
  }

 private:
  std::int32_t most_;
  std::int32_t per_success_;
  std::int32_t left_;
};

}  // namespace corun
