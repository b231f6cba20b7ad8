// What there is to ask of a terminal, and how a background process may touch it. Knows nothing of what is shown there.
#pragma once

#include <signal.h>

#include <cstddef>
#include <optional>

namespace corun {

struct TerminalSize {
  std::size_t columns = 0;
  std::size_t lines = 0;
};

/// Of the terminal that `fd` is; nothing: it is none, or doesn't say.
std::optional<TerminalSize> terminal_size(int fd);

/// What a background process may not do to its terminal, it may while this lives: the signal that says so is blocked.
class MayTouchTerminal {
 public:
  MayTouchTerminal();
  MayTouchTerminal(const MayTouchTerminal&) = delete;
  MayTouchTerminal& operator=(const MayTouchTerminal&) = delete;
  ~MayTouchTerminal() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace corun
