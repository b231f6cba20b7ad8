// Named breakers and their retry budgets behind one interface, shared by all jobs. Knows no clock and no jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "policy/breaker.h"
#include "policy/budget.h"
#include "policy/random.h"

namespace corun {

/// A breaker went from one phase to another.
struct BreakerTransition {
  std::uint32_t breaker = 0;
  std::string_view name;
  BreakerPhase from = BreakerPhase::closed;
  BreakerPhase to = BreakerPhase::closed;
  Duration open_for{};  ///< when `to` is open
  TimePoint time{};
};

using BreakerListener = std::function<void(const BreakerTransition&)>;

/// The breakers of a job file, addressed by their index in JobFile::breakers. See Breaker for what the calls mean.
class BreakerStore {
 public:
  virtual ~BreakerStore() = default;

  virtual std::size_t size() const = 0;
  virtual const std::string& name(std::uint32_t breaker) const = 0;
  virtual const BreakerSettings& settings(std::uint32_t breaker) const = 0;

  /// Whether a call would be let through; changes nothing.
  virtual Breaker::Decision peek(std::uint32_t breaker, TimePoint now) = 0;
  /// Lets one call through (then `record` must follow), or rejects it. A call of which nothing is heard for `longest` is lost.
  virtual Breaker::Decision try_acquire(std::uint32_t breaker, TimePoint now, Duration longest) = 0;
  /// The call with `permit` ended after `took`; neutral gives the permit back.
  virtual void record(std::uint32_t breaker, const Breaker::Permit& permit, TimePoint now, CallResult result, Duration took) = 0;

  /// The retry budget of the jobs that share this breaker; lives as long as the store.
  virtual const RetryBudget& budget(std::uint32_t breaker) = 0;
  /// A call succeeded, or failed in a way that is retried.
  virtual void record_in_budget(std::uint32_t breaker, TimePoint now, bool success) = 0;

  /// `listener` is told of every transition, from inside the call that causes it; it must not call the store. One listener.
  virtual void set_listener(BreakerListener listener) = 0;
};

/// Breakers that live and die with this object.
class MemoryBreakerStore final : public BreakerStore {
 public:
  /// Names with their settings, by index. `random` must outlive this.
  MemoryBreakerStore(std::vector<std::pair<std::string, BreakerSettings>> breakers, Random& random);

  std::size_t size() const override { return entries_.size(); }
  const std::string& name(std::uint32_t breaker) const override { return entries_.at(breaker).name; }
  const BreakerSettings& settings(std::uint32_t breaker) const override { return entries_.at(breaker).settings; }
  Breaker::Decision peek(std::uint32_t breaker, TimePoint now) override;
  Breaker::Decision try_acquire(std::uint32_t breaker, TimePoint now, Duration longest) override;
  void record(std::uint32_t breaker, const Breaker::Permit& permit, TimePoint now, CallResult result, Duration took) override;
  const RetryBudget& budget(std::uint32_t breaker) override { return entries_.at(breaker).budget; }
  void record_in_budget(std::uint32_t breaker, TimePoint now, bool success) override;
  void set_listener(BreakerListener listener) override { listener_ = std::move(listener); }

 private:
  struct Entry {
    std::string name;
    BreakerSettings settings;
    Breaker breaker;
    RetryBudget budget;
  };

  void tell(std::uint32_t index, BreakerPhase before, TimePoint now) const;

  std::vector<Entry> entries_;
  BreakerListener listener_;
};

}  // namespace corun
