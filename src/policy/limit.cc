// Admission by concurrency and rate. Counts only; knows no clock and no queue.
#include "policy/limit.h"

namespace corun {

Limit::Limit(const LimitSettings& settings, LimitShare* share)
    : concurrency_(settings.concurrency), max_queue_(settings.max_queue), share_(share) {
  if (settings.rate_count) rate_.emplace(*settings.rate_count, settings.rate_period, settings.burst);
}

Limit::Decision Limit::peek(TimePoint now) const {
  if (concurrency_ && running_ >= *concurrency_) return {false, std::nullopt};
  if (share_ != nullptr && now < not_before_) return {false, not_before_ - now};
  if (!rate_) return {true, std::nullopt};
  const Rate::Decision rate = rate_->peek(now);
  return {rate.allowed, rate.retry_after};
}

Limit::Decision Limit::try_acquire(TimePoint now) {
  const Decision decision = peek(now);
  if (!decision.allowed) return decision;
  if (share_ != nullptr) {
    const LimitShare::Decision shared = share_->take(now);
    if (!shared.allowed) {
      not_before_ = now + shared.retry_after;
      return {false, shared.retry_after};
    }
  }
  if (rate_) rate_->try_acquire(now);
  ++running_;
  return decision;
}

void Limit::release(TimePoint now) {
  --running_;
  not_before_ = TimePoint{};
  if (share_ != nullptr) share_->leave(now);
}

void Limit::give_back(TimePoint now) {
  --running_;
  if (share_ != nullptr) share_->give_back(now);
  if (rate_) rate_->give_back();
}

void Limit::set_waiting(std::uint32_t count) {
  waiting_ = count;
  if (share_ != nullptr) share_->set_waiting(count);
}

bool Limit::enter_queue() {
  if (max_queue_ && waiting_ >= *max_queue_) return false;
  set_waiting(waiting_ + 1);
  return true;
}

}  // namespace corun
