// Admission by concurrency and rate. Counts only; knows no clock and no queue.
#include "policy/limit.h"

namespace corun {

Limit::Limit(const LimitSettings& settings) : concurrency_(settings.concurrency), max_queue_(settings.max_queue) {
  if (settings.rate_count) rate_.emplace(*settings.rate_count, settings.rate_period, settings.burst);
}

Limit::Decision Limit::peek(TimePoint now) const {
  if (concurrency_ && running_ >= *concurrency_) return {false, std::nullopt};
  if (!rate_) return {true, std::nullopt};
  const Rate::Decision rate = rate_->peek(now);
  return {rate.allowed, rate.retry_after};
}

Limit::Decision Limit::try_acquire(TimePoint now) {
  const Decision decision = peek(now);
  if (!decision.allowed) return decision;
  if (rate_) rate_->try_acquire(now);
  ++running_;
  return decision;
}

void Limit::give_back() {
  release();
  if (rate_) rate_->give_back();
}

bool Limit::enter_queue() {
  if (max_queue_ && waiting_ >= *max_queue_) return false;
  ++waiting_;
  return true;
}

}  // namespace corun
