// A bulkhead: how many calls may run at once, how often one may begin, how many may wait. Counts only; knows no clock and no
// queue.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "policy/rate.h"

namespace corun {

/// What other processes have of a limit, as seen from one: it says whether one more may go there, too.
class LimitShare {
 public:
  virtual ~LimitShare() = default;

  /// Whether it is taken; if not, when to ask again.
  struct Decision {
    bool allowed = false;
    Duration retry_after{};
  };
  /// Takes a place, and a permit of the rate, if both are there.
  virtual Decision take(TimePoint now) = 0;
  /// A call that had been let in has ended.
  virtual void leave(TimePoint now) = 0;
  /// One that had been let in never began.
  virtual void give_back(TimePoint now) = 0;
  /// So many wait for it here.
  virtual void set_waiting(std::uint32_t count) = 0;
};

/// The counters of one limit. A call is let in (try_acquire), then runs, then leaves (release). One that finds no room may
/// wait if there is a place in the queue (enter_queue, leave_queue).
class Limit {
 public:
  /// `share`: what others have of it; must outlive this.
  explicit Limit(const LimitSettings& settings, LimitShare* share = nullptr);

  /// Whether a call may go now; if not, `retry_after` says when the rate allows it, or when to ask others again; nothing if
  /// a call that runs here has to leave first.
  struct Decision {
    bool allowed = false;
    std::optional<Duration> retry_after;
  };
  /// What `try_acquire` would say, as far as that is known here; changes nothing.
  Decision peek(TimePoint now) const;
  /// Lets one call in, if it may go now: a place, and a permit of the rate.
  Decision try_acquire(TimePoint now);
  /// A call that was let in has ended.
  void release(TimePoint now);
  /// A call that was let in never began: its permit is returned too.
  void give_back(TimePoint now);

  /// Takes a place in the queue; false if `max_queue` wait already.
  bool enter_queue();
  /// The same for a call that has waited for something else already: it is never turned away.
  void enter_queue_late() { set_waiting(waiting_ + 1); }
  /// A call that waited was let in or gave up.
  void leave_queue() { set_waiting(waiting_ - 1); }

  std::uint32_t running() const { return running_; }
  std::uint32_t waiting() const { return waiting_; }

 private:
  void set_waiting(std::uint32_t count);

  std::optional<std::uint32_t> concurrency_;
  std::optional<std::uint32_t> max_queue_;
  std::optional<Rate> rate_;
  LimitShare* share_;
  TimePoint not_before_{};  // others have it until then
  std::uint32_t running_ = 0;
  std::uint32_t waiting_ = 0;
};

}  // namespace corun
