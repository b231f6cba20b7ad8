// What may be ended by a signal. Knows nothing of what that is.
#include "cli/end_by_signal.h"

#include <signal.h>

#include <utility>

#include "loop/awaiters.h"

namespace corun {
namespace {

Task<void> heed(SignalSource& signals, CancelScope& scope, CancelScope& company) {
  for (;;) {
    const Event::Wake wake = co_await signals.arrived().wait(company);
    for (const int signal : signals.take()) {
      if (signal == SIGUSR1 || signal == SIGTSTP) continue;
      scope.cancel(CancelReason::terminated);
    }
    if (wake == Event::Wake::cancelled) co_return;
  }
}

Task<void> in_company(Loop& loop, SignalSource& signals, CancelScope& scope, Task<void> task) {
  CancelScope company;
  TaskGroup group(loop);
  group.start(heed(signals, scope, company));
  co_await std::move(task);
  company.cancel(CancelReason::terminated);
  co_await group.join();
}

}  // namespace

void run_until_signal(Loop& loop, SignalSource& signals, CancelScope& scope, Task<void> task) {
  run(loop, in_company(loop, signals, scope, std::move(task)));
}

}  // namespace corun
