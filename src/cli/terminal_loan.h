// Lends corun's terminal to jobs with `tty`. Knows nothing of how children are started.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <array>
#include <functional>

#include "cli/live_terminal.h"
#include "io/terminal_lender.h"
#include "report/output_queue.h"
#include "report/report.h"

namespace corun {

/// The terminal at standard input, where corun has it. What others write to it waits meanwhile. A borrower that is stopped stops
/// corun, too; one that is interrupted interrupts it: the keys went to that one alone.
class TerminalLoan final : public TerminalLender {
 public:
  /// All must outlive this. `data_on_stdout`: standard output isn't for jobs.
  /// `interrupted` is called with the signal of a borrower that ^C or ^\ has ended, before anything else follows from that.
  TerminalLoan(LiveTerminal& view, std::array<OutputQueue*, 2> queues, Report& report, bool data_on_stdout,
               std::function<void(int signal)> interrupted);

  bool lend() override;
  int output() const override;
  void lent_to(pid_t group) override { group_ = group; }
  void stopped() override;
  void take_back(int signal, int exit_code) override;

  /// Corun is stopped, then goes on: the terminal is the shell's in between.
  void suspend();
  void resume();

 private:
  void hold(bool held);
  void reclaim();

  LiveTerminal& view_;
  std::array<OutputQueue*, 2> queues_;
  Report& report_;
  bool data_on_stdout_;
  std::function<void(int)> interrupted_;
  bool lent_ = false;
  bool suspended_ = false;
  bool warned_ = false;
  pid_t group_ = 0;
  termios ours_{};
  termios theirs_{};  // of a borrower that is stopped
};

}  // namespace corun
