// The terminal under the live view: its size, when it is drawn on, whose turn it is. Knows nothing of what is drawn.
#pragma once

#include <functional>

#include "cli/arguments.h"
#include "cli/terminal_keys.h"
#include "loop/loop.h"
#include "report/live_display.h"

namespace corun {

/// Whether the live view is wanted and possible.
bool wants_live_view(const Arguments& arguments, const GetVariable& variable);

/// Keeps a live view in step with the terminal of standard error: it is drawn in time and in the right size, and not while
/// another job of the shell has the terminal. Meanwhile the keys `t` and `?` show what runs.
class LiveTerminal final : private FdHandler {
 public:
  /// `display`: null: there is none, and nothing is done. Both must outlive this.
  LiveTerminal(Loop& loop, LiveDisplay* display, std::function<void()> show_running);
  LiveTerminal(const LiveTerminal&) = delete;
  LiveTerminal& operator=(const LiveTerminal&) = delete;
  ~LiveTerminal();

  /// Around the flush of the reports that ends a turn.
  void before_flush();
  void after_flush();
  /// Before corun is stopped (^Z): the terminal is as it was before corun. Then the reverse.
  void suspend();
  void resume();

 private:
  class Alarm final : public Timer {
    void on_timer() override {}  // the turn that follows does it all
  };

  void on_fd(int fd, std::uint32_t events) override;
  void read_size();
  void look_whose_turn();

  Loop& loop_;
  LiveDisplay* display_;
  UniqueFd resized_;
  Alarm alarm_;
  TerminalKeys keys_;
  TimePoint looked_{};
  bool suspended_ = false;
};

}  // namespace corun
