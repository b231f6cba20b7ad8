// What a coroutine can wait for: time, an event, a place in a semaphore. Knows nothing of processes or HTTP.
#pragma once

#include <coroutine>
#include <cstddef>

#include "loop/cancel.h"
#include "loop/loop.h"

namespace corun {

/// `bool waited = co_await Sleep(loop, deadline, scope);` waits until `deadline` (true) or until `scope` is cancelled
/// (false); both at once is true.
class [[nodiscard]] Sleep final : private Timer, private CancelScope::Hook {
 public:
  Sleep(Loop& loop, TimePoint deadline, CancelScope& scope) : loop_(loop), deadline_(deadline), scope_(scope) {}
  bool await_ready() const { return scope_.cancelled() || deadline_ <= loop_.now(); }
  void await_suspend(std::coroutine_handle<> handle);
  bool await_resume() const { return fired_ || deadline_ <= loop_.now(); }

 private:
  void on_timer() override;
  void on_cancel() override;

  Loop& loop_;
  TimePoint deadline_;
  CancelScope& scope_;
  std::coroutine_handle<> handle_;
  bool fired_ = false;
};

/// `co_await NextTurn(loop);` lets everything else that is ready go first.
class [[nodiscard]] NextTurn {
 public:
  explicit NextTurn(Loop& loop) : loop_(loop) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { loop_.post_next_turn(handle); }
  void await_resume() const {}

 private:
  Loop& loop_;
};

/// Something that happens at most once, awaited by at most one coroutine at a time.
class Event {
 public:
  explicit Event(Loop& loop) : loop_(loop) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// Lets the waiting coroutine go on; later waits don't sleep at all. Safe in callbacks.
  void set();
  /// Forgets that it was set.
  void reset() { set_ = false; }
  bool is_set() const { return set_; }

  /// What ended a wait.
  enum class Wake { set, cancelled, deadline };

  /// See `wait`.
  class [[nodiscard]] Wait final : private Timer, private CancelScope::Hook {
   public:
    Wait(Event& event, CancelScope& scope, TimePoint deadline, bool forced_only)
        : event_(event), scope_(scope), deadline_(deadline), forced_only_(forced_only) {}
    ~Wait();
    bool await_ready() const { return event_.set_ || stopped(); }
    void await_suspend(std::coroutine_handle<> handle);
    Wake await_resume() const;

   private:
    friend class Event;
    // In "forced" waits only a forced cancel counts: the polite one has been heard already.
    bool stopped() const { return forced_only_ ? scope_.forced() : scope_.cancelled(); }
    void on_timer() override;
    void on_cancel() override;
    void wake();

    Event& event_;
    CancelScope& scope_;
    TimePoint deadline_;
    bool forced_only_;
    std::coroutine_handle<> handle_;
  };

  /// `Event::Wake wake = co_await event.wait(scope);` until set, cancelled, or `deadline`; the first of these in this
  /// order is what is reported, so something that completes at its deadline has completed.
  Wait wait(CancelScope& scope, TimePoint deadline = TimePoint::max()) { return Wait(*this, scope, deadline, false); }
  /// The same, but deaf to a cancel unless it is forced: for the grace after a polite stop.
  Wait wait_unless_forced(CancelScope& scope, TimePoint deadline) { return Wait(*this, scope, deadline, true); }

 private:
  Loop& loop_;
  Wait* waiter_ = nullptr;
  bool set_ = false;
};

/// A counter of free places; waiting is first come, first served.
class Semaphore {
 public:
  Semaphore(Loop& loop, std::size_t places) : loop_(loop), free_(places) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// See `acquire`.
  class [[nodiscard]] Acquire final : private CancelScope::Hook {
   public:
    Acquire(Semaphore& semaphore, CancelScope& scope) : semaphore_(semaphore), scope_(scope) {}
    ~Acquire();
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle);
    bool await_resume() const { return acquired_; }

   private:
    friend class Semaphore;
    void on_cancel() override;

    Semaphore& semaphore_;
    CancelScope& scope_;
    std::coroutine_handle<> handle_;
    Acquire* next_ = nullptr;
    bool queued_ = false;
    bool acquired_ = false;
  };

  /// `bool acquired = co_await semaphore.acquire(scope);` false if cancelled first; a cancelled waiter gives its turn back.
  Acquire acquire(CancelScope& scope) { return Acquire(*this, scope); }
  /// Gives one place back, to the longest waiter if there is one.
  void release();
  std::size_t free() const { return free_; }

 private:
  void remove(Acquire& waiter);

  Loop& loop_;
  std::size_t free_;
  Acquire* first_ = nullptr;
  Acquire* last_ = nullptr;
};

}  // namespace corun
