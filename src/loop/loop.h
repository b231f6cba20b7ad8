// The event loop: ready coroutines, timers, file descriptors, signals, in one thread. Knows nothing of processes or HTTP.
//
// Callbacks (FdHandler, Timer, TurnHook) exist only for loop/ and io/; everything above awaits.
#pragma once

#include <sys/epoll.h>

#include <coroutine>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"

namespace corun {

class Loop;

/// Told when a watched descriptor is ready. Must outlive its registration.
class FdHandler {
 public:
  /// `fd` is the descriptor that was watched; `events` as epoll reports them (EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR).
  virtual void on_fd(int fd, std::uint32_t events) = 0;

 protected:
  ~FdHandler() = default;
};

/// A single-shot timer. Disarms itself when destroyed.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Fires once `deadline` is reached, in order of deadlines; arming an armed timer moves it.
  void arm(Loop& loop, TimePoint deadline);
  /// Forgets the deadline; nothing happens if the timer isn't armed.
  void disarm();
  bool armed() const { return loop_ != nullptr; }
  TimePoint deadline() const { return deadline_; }

 protected:
  virtual ~Timer() { disarm(); }
  /// Called by the loop at or after the deadline, when the timer is already disarmed.
  virtual void on_timer() = 0;

 private:
  friend class Loop;
  Loop* loop_ = nullptr;
  std::size_t heap_index_ = 0;
  TimePoint deadline_{};
  std::uint64_t sequence_ = 0;  // equal deadlines fire in the order of arming
};

/// Called once a turn, just before the loop looks for events: the place for work deferred from callbacks.
class TurnHook {
 public:
  virtual void before_wait() = 0;

 protected:
  ~TurnHook() = default;
};

/// One thread's event loop. One turn: run what is ready, run the turn hooks, apply changed descriptor interest,
/// wait for events or the next timer, dispatch them.
class Loop {
 public:
  /// `clock` must outlive the loop.
  explicit Loop(Clock& clock);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  TimePoint now() const { return clock_.now(); }
  Clock& clock() { return clock_; }

  /// Queues a coroutine to be resumed in this turn or the next; the only way anything is resumed.
  void post(std::coroutine_handle<> handle) { ready_.push_back(handle); }
  /// Queues a coroutine to be resumed in the next turn, when events have had their say.
  void post_next_turn(std::coroutine_handle<> handle) { next_turn_.push_back(handle); }

  /// Starts watching `fd` (level-triggered) or changes what is watched; the system call is made just before the next
  /// wait, so several changes in one turn cost one. `events` 0 parks the descriptor: no events are delivered.
  void watch(int fd, std::uint32_t events, FdHandler& handler);
  /// Forgets `fd`. Must come before it is closed; events still in flight for it are dropped.
  void unwatch(int fd);
  /// Forgets `fd`, which is closed right after this: the close takes it out of epoll, which saves a system call.
  void forget(int fd);

  void add_turn_hook(TurnHook& hook) { hooks_.push_back(&hook); }
  void remove_turn_hook(TurnHook& hook);

  /// Number of turns begun so far; lets a caller spread work over turns.
  std::uint64_t turn() const { return turn_; }

  /// Runs turns until `done` holds. False if nothing can ever happen any more (no timer, descriptor or ready coroutine
  /// is left) while it doesn't: a programming error of the caller.
  template <typename Predicate>
  bool run_until(Predicate done) {
    while (!done()) {
      begin_turn();
      if (done()) break;  // before waiting: nothing may ever come
      if (!finish_turn()) return false;
    }
    return true;
  }

 private:
  friend class Timer;

  // What is known of one descriptor. `generation` tells an event of a closed descriptor from one of its successor.
  struct Watch {
    FdHandler* handler = nullptr;
    std::uint32_t generation = 0;
    std::uint32_t wanted = 0;
    std::uint32_t applied = 0;  // what epoll has
    bool registered = false;    // epoll has the descriptor
    bool dirty = false;
  };

  void begin_turn();   // what is ready, and the turn hooks
  bool finish_turn();  // descriptors and timers; false if nothing can ever happen
  bool has_ready() const { return !ready_.empty() || !next_turn_.empty(); }
  void run_ready();
  void apply_watches();
  void wait_for_events();
  void fire_timers();
  void dispatch(const epoll_event& event);
  void push_timer(Timer& timer);
  void remove_timer(Timer& timer);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  static bool earlier(const Timer& a, const Timer& b);

  Clock& clock_;
  UniqueFd epoll_;
  std::deque<std::coroutine_handle<>> ready_;
  std::vector<std::coroutine_handle<>> next_turn_;
  std::vector<Watch> watches_;  // by descriptor
  std::vector<int> dirty_;
  std::vector<Timer*> timers_;  // binary heap
  std::vector<TurnHook*> hooks_;
  std::size_t watched_ = 0;  // descriptors with a handler and a wanted event
  std::uint64_t turn_ = 0;
  std::uint64_t timer_sequence_ = 0;
};

}  // namespace corun
