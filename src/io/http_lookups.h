// One name lookup a host at a time: the first request leads, the others wait for its answer. Knows nothing of DNS or sockets.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "loop/awaiters.h"
#include "loop/task.h"

namespace corun {

/// libcurl runs a thread for each lookup and doesn't merge those of one name; this does. A request to a host without a
/// fresh answer calls `wait`.
class HttpLookups {
 public:
  /// How long an answer counts as fresh: a little less than libcurl keeps it.
  static constexpr Duration kFresh = 55s;

  /// At most `at_once` lookups run at the same time.
  HttpLookups(Loop& loop, std::size_t at_once) : loop_(loop), places_(loop, at_once) {}

  /// Whether `authority` (host:port) was looked up just before.
  bool fresh(const std::string& authority) const;

  enum class Turn {
    go,         ///< the answer is there
    lead,       ///< look it up; tell by answered, failed or gave_up
    failed,     ///< the leader found that there is no such host
    cancelled,  ///< by the scope
  };
  /// Waits until it is clear what to do.
  Task<Turn> wait(std::string authority, CancelScope& scope);

  /// The leader has an answer. Safe in callbacks.
  void answered(const std::string& authority);
  /// The leader found that there is no such host: all who wait hear it.
  void failed(const std::string& authority);
  /// The leader ended without an answer: the next in line leads.
  void gave_up(const std::string& authority);

 private:
  // A request that waits for the leader; it lives in its coroutine.
  struct Waiter {
    explicit Waiter(Loop& loop) : told(loop) {}
    Event told;
    Turn turn = Turn::go;
    std::list<Waiter*>::iterator place;
  };
  struct Lookup {
    bool led = false;
    std::list<Waiter*> waiters;
    TimePoint fresh_until = TimePoint::min();
  };

  void end_lead(const std::string& authority, Turn turn);
  void add(const std::string& authority, Waiter& waiter);
  void remove(const std::string& authority, Waiter& waiter);
  // Lets the longest waiter look again, unless there is a leader.
  void wake_first(const std::string& authority);
  void forget_old();

  Loop& loop_;
  Semaphore places_;
  std::unordered_map<std::string, Lookup> lookups_;
};

}  // namespace corun
