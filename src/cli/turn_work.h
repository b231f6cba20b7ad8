// Has something done as the loop turns. Knows nothing of what.
#pragma once

#include <functional>
#include <utility>

#include "loop/loop.h"

namespace corun {

/// Calls `work` after each turn of the loop, and when it is due while nothing else happens.
class TurnWork final : private TurnHook, private Timer {
 public:
  /// Does what is due and says when there will be more; TimePoint::max(): nothing is waiting.
  using Work = std::function<TimePoint()>;

  /// `loop` must outlive this.
  TurnWork(Loop& loop, Work work) : loop_(loop), work_(std::move(work)) { loop_.add_turn_hook(*this); }
  ~TurnWork() override { loop_.remove_turn_hook(*this); }

 private:
  void before_wait() override {
    const TimePoint due = work_();
    if (due == TimePoint::max()) {
      disarm();
    } else if (!armed() || deadline() != due) {
      arm(loop_, due);
    }
  }
  void on_timer() override {}  // it has ended the wait

  Loop& loop_;
  Work work_;
};

}  // namespace corun
