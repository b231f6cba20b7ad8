// A bulkhead: how many calls may run at once, how often one may begin, how many may wait. Counts only; knows no clock and no
// queue.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "policy/rate.h"

namespace corun {

/// The counters of one limit. A call is let in (try_acquire), then runs, then leaves (release). One that finds no room may
/// wait if there is a place in the queue (enter_queue, leave_queue).
class Limit {
 public:
  explicit Limit(const LimitSettings& settings);

  /// Whether a call may go now; if not, `retry_after` says when the rate allows it, or nothing if a running call has to
  /// leave first.
  struct Decision {
    bool allowed = false;
    std::optional<Duration> retry_after;
  };
  /// What `try_acquire` would say; changes nothing.
  Decision peek(TimePoint now) const;
  /// Lets one call in, if it may go now: a place, and a permit of the rate.
  Decision try_acquire(TimePoint now);
  /// A call that was let in has ended.
  void release() { --running_; }
  /// A call that was let in never began: its permit is returned too.
  void give_back();

  /// Takes a place in the queue; false if `max_queue` wait already.
  bool enter_queue();
  /// The same for a call that has waited for something else already: it is never turned away.
  void enter_queue_late() { ++waiting_; }
  /// A call that waited was let in or gave up.
  void leave_queue() { --waiting_; }

  std::uint32_t running() const { return running_; }
  std::uint32_t waiting() const { return waiting_; }

 private:
  std::optional<std::uint32_t> concurrency_;
  std::optional<std::uint32_t> max_queue_;
  std::optional<Rate> rate_;
  std::uint32_t running_ = 0;
  std::uint32_t waiting_ = 0;
};

}  // namespace corun
