// A ticket whose verdict a coroutine waits for. Knows nothing of whose it is.
#pragma once

#include <coroutine>
#include <utility>

#include "engine/admission.h"
#include "loop/cancel.h"

namespace corun {

class AwaitedTicket : public Ticket {
 public:
  /// `co_await ticket.admitted(admission, policies, pool, deadline, scope)`: asks and waits for the verdict; a cancelled `scope`
  /// gives `cancelled`.
  class [[nodiscard]] Admitted final : private CancelScope::Hook {
   public:
    Admitted(AwaitedTicket& ticket, Admission& admission, const Policies* policies, Pool pool, TimePoint deadline,
             CancelScope& scope)
        : ticket_(ticket), admission_(admission), policies_(policies), pool_(pool), deadline_(deadline), scope_(scope) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      ticket_.waiting_ = handle;
      admission_.request(ticket_, policies_, pool_, deadline_);
      if (!ticket_.queued()) return;
      scope_.link(*this);
      if (scope_.cancelled()) on_cancel();
    }
    Verdict await_resume() {
      unlink();
      return ticket_.verdict();
    }

   private:
    void on_cancel() override { admission_.cancel(ticket_); }

    AwaitedTicket& ticket_;
    Admission& admission_;
    const Policies* policies_;
    Pool pool_;
    TimePoint deadline_;
    CancelScope& scope_;
  };
  Admitted admitted(Admission& admission, const Policies* policies, Pool pool, TimePoint deadline, CancelScope& scope) {
    return Admitted(*this, admission, policies, pool, deadline, scope);
  }

 protected:
  AwaitedTicket() = default;
  ~AwaitedTicket() = default;
  /// Lets who waits go on. False: nobody does.
  bool wake(Loop& loop) {
    if (!waiting_) return false;
    loop.post(std::exchange(waiting_, {}));
    return true;
  }

 private:
  std::coroutine_handle<> waiting_;
};

}  // namespace corun
