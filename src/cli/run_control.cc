// A run in company. Knows nothing of exit codes.
#include "cli/run_control.h"

#include "cli/machine.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

constexpr Duration kTick = 60s;

}  // namespace

RunControl::RunControl(Loop& loop, RunClock& clock, SignalSource& signals, ProcessExecutor& processes, Console& console,
                       Report& report)
    : loop_(loop), clock_(clock), signals_(signals), processes_(processes), console_(console), report_(report) {
  loop_.add_turn_hook(*this);
}

RunControl::~RunControl() { loop_.remove_turn_hook(*this); }

Task<RunResult> RunControl::run(const JobFile& file, const RunSettings& settings, const Variables& variables,
                                const Expressions& expressions, EngineParts parts) {
  TaskGroup company(loop_);
  company.start(heed_signals());
  company.start(tick());
  RunResult result = co_await run_file(file, settings, variables, expressions, parts, run_scope_);
  company_.cancel(CancelReason::terminated);
  co_await company.join();
  co_return result;
}

Task<void> RunControl::heed_signals() {
  for (;;) {
    const Event::Wake wake = co_await signals_.arrived().wait(company_);
    for (const int signal : signals_.take()) heed(signal);
    if (wake == Event::Wake::cancelled) co_return;
  }
}

Task<void> RunControl::tick() {
  for (;;) {
    const bool waited = co_await Sleep(loop_, loop_.now() + kTick, company_);
    if (!waited) co_return;
    console_.tick(loop_.now());
  }
}

void RunControl::heed(int signal) {
  if (signal == SIGUSR1) {
    console_.show_running(loop_.now());
    return;
  }
  if (signal == SIGTSTP) {
    pause();
    return;
  }
  const bool again = signal_ != 0;
  const CancelReason reason = signal == SIGINT ? CancelReason::interrupted : CancelReason::terminated;
  if (!again || signal == SIGQUIT) signal_ = signal;
  if (again || signal == SIGQUIT) {
    run_scope_.force(reason);
    console_.killing();
  } else {
    run_scope_.cancel(reason);
  }
}

void RunControl::pause() {
  report_.flush();
  processes_.pause_all();
  const TimePoint stopped = clock_.now();
  stop_by_signal(SIGTSTP);
  clock_.leave_out(clock_.now() - stopped);
  processes_.resume_all();
}

}  // namespace corun
