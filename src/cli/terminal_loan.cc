// Lends corun's terminal to jobs. Knows nothing of how children are started.
#include "cli/terminal_loan.h"

#include <signal.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace corun {
TerminalLoan::TerminalLoan(LiveTerminal& view, std::array<OutputQueue*, 2> queues, Report& report, bool data_on_stdout,
                           std::function<void(int)> interrupted)
    : view_(view), queues_(queues), report_(report), data_on_stdout_(data_on_stdout), interrupted_(std::move(interrupted)) {}

int TerminalLoan::output() const { return data_on_stdout_ ? STDERR_FILENO : STDOUT_FILENO; }

void TerminalLoan::hold(bool held) {
  for (OutputQueue* queue : queues_) queue->lend(held && ::isatty(queue->fd()) == 1);
}

bool TerminalLoan::lend() {
  const bool ours = ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
  if (!ours) {
    if (!std::exchange(warned_, true)) {
      report_.warning("a job with `tty` runs like any other: there is no terminal at standard input, or it isn't ours");
    }
    return false;
  }
  report_.flush();
  view_.suspend();
  if (::tcgetattr(STDIN_FILENO, &ours_) != 0) ours_ = {};
  hold(true);
  lent_ = true;
  return true;
}

// Back to corun, or to the shell.
void TerminalLoan::reclaim() {
  const MayTouchTerminal may;
  if (group_ == 0 || ::tcgetpgrp(STDIN_FILENO) == group_) ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  if (::tcgetpgrp(STDIN_FILENO) == ::getpgrp()) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &ours_);
}

void TerminalLoan::suspend() {
  if (!lent_) return view_.suspend();
  if (std::exchange(suspended_, true)) return;
  ::tcgetattr(STDIN_FILENO, &theirs_);
  reclaim();
}

void TerminalLoan::resume() {
  if (!lent_) return view_.resume();
  if (!std::exchange(suspended_, false) || group_ == 0 || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return;
  const MayTouchTerminal may;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &theirs_);
  ::tcsetpgrp(STDIN_FILENO, group_);
}

void TerminalLoan::stopped() {
  suspend();
  ::kill(::getpid(), SIGTSTP);
}

void TerminalLoan::take_back(int signal, int exit_code) {
  reclaim();
  group_ = 0;
  lent_ = false;
  suspended_ = false;
  // Wherever the borrower has left the cursor: so much wraps unless a line begins there.
  if (const std::optional<TerminalSize> size = terminal_size(STDERR_FILENO); size && size->columns > 1) {
    const std::string spaces(size->columns - 1, ' ');
    for (const std::string& text : {spaces, std::string("\r")}) {
      const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
      static_cast<void>(written);
    }
  }
  hold(false);
  view_.resume();
  // A shell whose command was ended so says it by its exit code.
  if (signal == 0 && exit_code > kExitSignalBase) signal = exit_code - kExitSignalBase;
  if (signal == SIGINT || signal == SIGQUIT) interrupted_(signal);
}

}  // namespace corun
