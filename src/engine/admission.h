// Who may go now: breakers, limits, rates and the pools of the run, each with its queue. Knows nothing of attempts or retries.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "graph/job.h"
#include "loop/loop.h"
#include "policy/breaker_store.h"
#include "policy/limit.h"

namespace corun {

/// The run-wide slots an action needs.
enum class Pool : std::uint8_t {
  none,
  process,
  network,
  terminal,  ///< and that of a process: one at a time
};

/// One request to go, reused for every attempt of a job. Lives as long as its owner's job may wait or run.
class Ticket : private Timer {
 public:
  enum class Verdict : std::uint8_t { waiting, admitted, queue_timeout, limit_full, breaker_open, cancelled };

  Verdict verdict() const { return verdict_; }
  /// Of a rejection by a breaker, where it is known.
  std::optional<Duration> retry_after() const { return retry_after_; }
  /// Of an admission through a breaker.
  const Breaker::Permit& permit() const { return permit_; }
  bool queued() const { return lane_ != nullptr; }

 protected:
  Ticket() = default;
  ~Ticket() = default;
  /// The verdict is there. Called from inside Admission: must only post or start.
  virtual void decided() = 0;

 private:
  friend class Admission;
  void on_timer() override;

  class Admission* admission_ = nullptr;
  const Policies* policies_ = nullptr;  // whose breaker and limits count; null: only the pool
  struct Lane* lane_ = nullptr;         // whose queue it is in
  Ticket* previous_ = nullptr;
  Ticket* next_ = nullptr;
  std::uint64_t sequence_ = 0;
  std::optional<Duration> retry_after_;
  Breaker::Permit permit_;
  Pool pool_ = Pool::none;
  Verdict verdict_ = Verdict::waiting;
};

/// Admits in the order of resilience.md §5: breaker (a look), limits and pool, breaker (the permit). Nothing is held while
/// waiting: a ticket goes when everything it needs is there at once, first come, first served.
class Admission {
 public:
  /// `shares`, by the index of the limit: what other processes have of it; empty: nothing.
  Admission(Loop& loop, BreakerStore& breakers, const std::vector<Named<LimitSettings>>& limits,
            std::span<LimitShare* const> shares, std::uint32_t process_slots, std::uint32_t http_slots);
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;
  ~Admission();

  /// Asks for `ticket` to go; `policies` null asks for the pool only (a fallback). Decides at once or later, at `deadline`
  /// at the latest.
  void request(Ticket& ticket, const Policies* policies, Pool pool, TimePoint deadline);
  /// Takes a waiting ticket out of its queue, with verdict `cancelled`.
  void cancel(Ticket& ticket);
  /// An admitted ticket's work has ended: its places are free for others.
  void release(Ticket& ticket);
  /// An admitted ticket's work never began: as if it hadn't been admitted.
  void give_back(Ticket& ticket);

 private:
  friend class Ticket;

  // The lanes `ticket` must pass, in a fixed order.
  template <typename Visit>
  void for_each_lane(const Ticket& ticket, Visit visit);
  Lane* busy_lane(const Ticket& ticket);
  Lane* lacking_lane(const Ticket& ticket);
  Lane* take_lanes(Ticket& ticket);
  void give_back_lanes(Ticket& ticket, const Lane* end);
  Lane* dispatch(Ticket& ticket);
  void decide(Ticket& ticket, Ticket::Verdict verdict);
  void enqueue(Lane& lane, Ticket& ticket);
  void dequeue(Ticket& ticket);
  void pump(Lane& lane);
  void expire(Ticket& ticket);
  friend struct Lane;

  Loop& loop_;
  BreakerStore& breakers_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // the limits, by index; then the pools
  std::uint64_t next_sequence_ = 0;
};

}  // namespace corun
