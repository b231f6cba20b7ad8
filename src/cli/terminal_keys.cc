// A terminal whose keys come singly. Knows nothing of what they do.
#include "cli/terminal_keys.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "cli/terminal.h"

namespace corun {
namespace {

const termios* changed = nullptr;  // how the terminal was

// From the background this would stop us.
void set(const termios& settings) {
  const MayTouchTerminal may;
  while (::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) != 0 && errno == EINTR) continue;
}

}  // namespace

void TerminalKeys::take() {
  termios settings{};
  if (::tcgetpgrp(STDIN_FILENO) != ::getpgrp() || ::tcgetattr(STDIN_FILENO, &settings) != 0) return;
  const bool is_single = (settings.c_lflag & (ICANON | ECHO)) == 0;
  if (is_single) return;
  before_ = settings;
  settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 0;
  changed = &before_;
  set(settings);
  if (!taken_) loop_.watch(STDIN_FILENO, EPOLLIN, *this);
  taken_ = true;
}

void TerminalKeys::give_back() {
  if (!taken_) return;
  taken_ = false;
  loop_.unwatch(STDIN_FILENO);
  if (::tcgetpgrp(STDIN_FILENO) == ::getpgrp()) set(before_);
  changed = nullptr;
}

void TerminalKeys::on_fd(int fd, std::uint32_t events) {
  std::array<char, 64> keys{};
  const ssize_t count = ::read(fd, keys.data(), keys.size());
  for (ssize_t i = 0; i < count; ++i) pressed_(keys[static_cast<std::size_t>(i)]);
  const bool is_gone = count < 0 && errno != EINTR && errno != EAGAIN;
  if (!is_gone && (events & EPOLLHUP) == 0) return;
  taken_ = false;
  changed = nullptr;
  loop_.unwatch(fd);
}

void put_back_terminal() {
  if (changed != nullptr) ::tcsetattr(STDIN_FILENO, TCSANOW, changed);
}

}  // namespace corun
