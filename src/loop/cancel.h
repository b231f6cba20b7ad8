// CancelScope: a tree of requests to stop, with their reasons; DeadlineScope: one armed by a timer. Knows nothing of jobs.
#pragma once

#include <string>

#include "base/outcome.h"
#include "loop/loop.h"

namespace corun {

/// A request to stop that reaches everything below it. Single-threaded and level-triggered: once asked, it stays asked.
/// Cancelling never destroys anything: whoever started work still awaits its end. Scopes must be destroyed before their parent.
class CancelScope {
 public:
  /// A place in the list of what to tell; unlinks itself when destroyed.
  class Hook {
   public:
    Hook() = default;
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
    bool linked() const { return scope_ != nullptr; }
    void unlink();

   protected:
    virtual ~Hook() { unlink(); }
    /// Told once of a cancel, and once more if it is forced later; still linked. Must only post or disarm, never resume.
    virtual void on_cancel() = 0;
    /// Told each time that it is forced although it is already.
    virtual void on_forced_again() {}

   private:
    friend class CancelScope;
    CancelScope* scope_ = nullptr;
    Hook* previous_ = nullptr;
    Hook* next_ = nullptr;
  };

  /// A root: nothing above cancels it. Also the way to shield clean-up work.
  CancelScope() = default;
  /// Cancelled with `parent` (already so, if the parent is); `parent` must outlive this.
  explicit CancelScope(CancelScope& parent);
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;
  ~CancelScope();

  /// Asks everything in this scope to stop; the first reason stays.
  void cancel(CancelReason reason);
  /// Asks again, without grace: what still runs is killed. Cancels too if that hasn't happened.
  void force(CancelReason reason);

  bool cancelled() const { return reason_ != CancelReason::none; }
  bool forced() const { return forced_; }
  /// `none` until cancelled.
  CancelReason reason() const { return reason_; }
  /// The nearest deadline of this scope and of all above it; TimePoint::max() if there is none.
  TimePoint deadline() const { return deadline_; }

  void link(Hook& hook);

 protected:
  CancelScope(CancelScope& parent, TimePoint deadline);

 private:
  void tell(CancelReason reason, bool forced);
  void tell_again();

  CancelScope* parent_ = nullptr;
  CancelScope* first_child_ = nullptr;
  CancelScope* previous_ = nullptr;  // siblings
  CancelScope* next_ = nullptr;
  Hook* first_hook_ = nullptr;
  TimePoint deadline_ = TimePoint::max();
  CancelReason reason_ = CancelReason::none;
  bool forced_ = false;
};

/// A scope that cancels itself at a deadline. "No deadline" is TimePoint::max() and costs no timer.
class DeadlineScope final : public CancelScope, private Timer {
 public:
  DeadlineScope(Loop& loop, CancelScope& parent, TimePoint deadline, CancelReason reason);
  using CancelScope::deadline;  // the nearest, not only its own

 private:
  void on_timer() override { cancel(timeout_reason_); }
  CancelReason timeout_reason_;
};

/// A scope for clean-up work: deaf to a cancel of `outer`, but not to its being forced later, once more if it was already.
class ShieldedScope final : public CancelScope, private CancelScope::Hook {
 public:
  explicit ShieldedScope(CancelScope& outer) : outer_(outer) { outer.link(*this); }

 private:
  void on_cancel() override {
    if (outer_.forced()) force(outer_.reason());
  }
  void on_forced_again() override { force(outer_.reason()); }

  CancelScope& outer_;
};

}  // namespace corun
