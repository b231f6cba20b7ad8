// A run in the company of signals, the minute's tick and the reports' flushes. Knows nothing of exit codes.
#pragma once

#include <array>
#include <cstdint>

#include "cli/live_terminal.h"
#include "cli/ping.h"
#include "cli/run_clock.h"
#include "cli/run_reports.h"
#include "cli/terminal_loan.h"
#include "engine/engine.h"
#include "io/process_executor.h"
#include "loop/cancel.h"
#include "loop/signals.h"
#include "loop/task.h"

namespace corun {

/// The signals a run heeds.
inline constexpr int kHeededSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGTSTP};

/// Runs a file; INT, TERM and HUP stop the run, a second one or QUIT kills what is left, USR1 shows what runs, TSTP (^Z) lets
/// everything stand still until CONT, time included.
class RunControl final : private TurnHook, private FdHandler {
 public:
  /// Everything must outlive this.
  RunControl(Loop& loop, RunClock& clock, SignalSource& signals, ProcessExecutor& processes, RunReports& reports);
  ~RunControl();

  /// `ping`: is told that the run starts; null: nobody is.
  Task<RunResult> run(const JobFile& file, const RunSettings& settings, const Variables& variables,
                      const Expressions& expressions, EngineParts parts, Ping* ping);

  /// After the run: waits until the readers of the reports have taken all, but not beyond a signal; where one has ended the run,
  /// only for a moment. Gives that signal; 0: none.
  int deliver();
  /// The signal that ended the run; 0 if none did.
  int signal() const { return signal_; }

 private:
  Task<void> heed_signals();
  Task<void> tick();
  void heed(int signal);
  void pause();
  void before_wait() override;
  void on_fd(int fd, std::uint32_t events) override;
  bool is_delivered() const;

  Loop& loop_;
  RunClock& clock_;
  SignalSource& signals_;
  ProcessExecutor& processes_;
  Console& console_;
  Report& report_;
  LiveTerminal terminal_;
  TerminalLoan loan_;
  std::array<OutputQueue*, 2> queues_;
  std::array<bool, 2> watched_{};
  CancelScope run_scope_;
  CancelScope company_;  // cancelled when the run has ended
  int signal_ = 0;
};

}  // namespace corun
