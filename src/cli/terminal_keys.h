// Keys that are pressed at corun's terminal while it runs. Knows nothing of what they do.
#pragma once

#include <termios.h>

#include <functional>

#include "loop/loop.h"

namespace corun {

/// Reads keys of a terminal at standard input as they are pressed, unseen; between `take` and `give_back` only. What signals are
/// made of (^C, ^Z) still makes them.
class TerminalKeys final : private FdHandler {
 public:
  using Pressed = std::function<void(char key)>;

  TerminalKeys(Loop& loop, Pressed pressed) : loop_(loop), pressed_(std::move(pressed)) {}
  TerminalKeys(const TerminalKeys&) = delete;
  TerminalKeys& operator=(const TerminalKeys&) = delete;
  ~TerminalKeys() { give_back(); }

  /// Has keys come singly; nothing happens where standard input is no terminal, or another process group has it.
  void take();
  /// Puts the terminal's settings back.
  void give_back();

 private:
  void on_fd(int fd, std::uint32_t events) override;

  Loop& loop_;
  Pressed pressed_;
  bool taken_ = false;
  termios before_{};
};

/// Puts back what is changed of the terminal, where the program can do nothing else any more: no memory is allocated.
void put_back_terminal();

}  // namespace corun
