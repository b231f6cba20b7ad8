// The rules of attempts beside each other. Knows no clock and no jobs.
#include "policy/hedge.h"

#include <algorithm>

namespace corun {

std::optional<Duration> p95(std::vector<Duration> times) {
  if (times.size() < kLeastTimes) return std::nullopt;
  const std::size_t rank = (times.size() * 95 + 99) / 100;
  const auto at = times.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(times.begin(), at, times.end());
  return *at;
}

std::optional<TimePoint> Hedge::due() const {
  if (refused_ || decided() || asked_ >= most_) return std::nullopt;
  return last_ + after_;
}

Hedge::Refusal Hedge::ask(const RetryBudget* budget, bool half_open) {
  const Refusal refusal = half_open                                      ? Refusal::half_open
                          : budget != nullptr && !budget->allows_retry() ? Refusal::budget
                                                                         : Refusal::none;
  refused_ = refusal != Refusal::none;
  if (refused_) return refusal;
  ++asked_;
  last_ += after_;
  return refusal;
}

std::size_t Hedge::began(TimePoint now) {
  last_ = std::max(last_, now);
  over_.push_back(false);
  return over_.size() - 1;
}

bool Hedge::ended(std::size_t attempt, bool success) {
  over_[attempt] = true;
  if (decided()) return false;
  if (success) {
    decider_ = attempt;
  } else if (std::find(over_.begin(), over_.end(), false) == over_.end()) {
    decider_ = 0;
  }
  return decided();
}

}  // namespace corun
