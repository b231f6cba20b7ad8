// Asks terminals. Knows nothing of what is shown there.
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace corun {

std::optional<TerminalSize> terminal_size(int fd) {
  winsize size{};
  if (::isatty(fd) != 1 || ::ioctl(fd, TIOCGWINSZ, &size) != 0) return std::nullopt;
  return TerminalSize{size.ws_col, size.ws_row};
}

MayTouchTerminal::MayTouchTerminal() {
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, SIGTTOU);
  ::sigprocmask(SIG_BLOCK, &stop, &before_);
}

}  // namespace corun
