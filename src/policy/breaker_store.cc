// Breakers in memory. Knows no clock and no jobs.
#include "policy/breaker_store.h"

namespace corun {

MemoryBreakerStore::MemoryBreakerStore(std::vector<std::pair<std::string, BreakerSettings>> breakers, Random& random) {
  entries_.reserve(breakers.size());
  for (auto& [name, settings] : breakers) {
    entries_.push_back({std::move(name), settings, Breaker(settings, random), RetryBudget()});
  }
}

Breaker::Decision MemoryBreakerStore::peek(std::uint32_t breaker, TimePoint now) {
  return entries_.at(breaker).breaker.peek(now);
}

Breaker::Decision MemoryBreakerStore::try_acquire(std::uint32_t breaker, TimePoint now, Duration /*longest*/) {
  Breaker& machine = entries_.at(breaker).breaker;
  const BreakerPhase before = machine.phase();
  const Breaker::Decision decision = machine.try_acquire(now);
  tell(breaker, before, now);
  return decision;
}

void MemoryBreakerStore::record(std::uint32_t breaker, const Breaker::Permit& permit, TimePoint now, CallResult result,
                                Duration took) {
  Breaker& machine = entries_.at(breaker).breaker;
  const BreakerPhase before = machine.phase();
  machine.record(permit, now, result, took);
  tell(breaker, before, now);
}

void MemoryBreakerStore::record_in_budget(std::uint32_t breaker, TimePoint /*now*/, bool success) {
  RetryBudget& budget = entries_.at(breaker).budget;
  success ? budget.record_success() : budget.record_failure();
}

void MemoryBreakerStore::tell(std::uint32_t index, BreakerPhase before, TimePoint now) const {
  const Entry& entry = entries_[index];
  const BreakerPhase after = entry.breaker.phase();
  if (after == before || !listener_) return;
  const Duration open_for = after == BreakerPhase::open ? entry.breaker.state().open_for : Duration::zero();
  listener_({index, entry.name, before, after, open_for, now});
}

}  // namespace corun
