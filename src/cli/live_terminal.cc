// The terminal under the live view. Knows nothing of what is drawn.
#include "cli/live_terminal.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <optional>
#include <string_view>
#include <utility>

#include "cli/terminal.h"
#include "report/output_stream.h"

namespace corun {
namespace {

constexpr Duration kLook = 1s;  // whether the terminal is ours again

// Not where another job of the shell has it; one that isn't our controlling terminal is ours.
bool has_terminal() {
  const pid_t group = ::tcgetpgrp(STDERR_FILENO);
  return group < 0 || group == ::getpgrp();
}

}  // namespace

bool wants_live_view(const Arguments& arguments, const GetVariable& variable) {
  if (arguments.cron || ::isatty(STDERR_FILENO) != 1) return false;
  if (arguments.progress == ProgressChoice::tty) return true;
  if (arguments.progress != ProgressChoice::automatic || arguments.quiet > 0) return false;
  const char* terminal = variable("TERM");
  if (terminal == nullptr || *terminal == '\0' || std::string_view(terminal) == "dumb") return false;
  return arguments.output == OutputFormat::text || !same_place(STDOUT_FILENO, STDERR_FILENO);
}

LiveTerminal::LiveTerminal(Loop& loop, LiveDisplay* display, std::function<void()> show_running)
    : loop_(loop), display_(display), keys_(loop, [show = std::move(show_running)](char key) {
        if (key == 't' || key == '?') show();
      }) {
  if (display_ == nullptr) return;
  read_size();
  sigset_t resized;
  ::sigemptyset(&resized);
  ::sigaddset(&resized, SIGWINCH);
  ::sigprocmask(SIG_BLOCK, &resized, nullptr);
  resized_ = UniqueFd(::signalfd(-1, &resized, SFD_NONBLOCK | SFD_CLOEXEC));
  if (resized_) loop_.watch(resized_.get(), EPOLLIN, *this);
}

LiveTerminal::~LiveTerminal() {
  if (resized_) loop_.unwatch(resized_.get());
}

void LiveTerminal::on_fd(int fd, std::uint32_t /*events*/) {
  signalfd_siginfo info{};
  while (::read(fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) continue;
  read_size();
}

void LiveTerminal::read_size() {
  if (const std::optional<TerminalSize> size = terminal_size(STDERR_FILENO)) display_->resize(size->columns, size->lines);
}

void LiveTerminal::look_whose_turn() {
  const TimePoint now = loop_.now();
  if (now - looked_ < kLook) return;
  looked_ = now;
  const bool ours = has_terminal();
  if (ours) keys_.take();  // also anew, if somebody has put the terminal's settings back
  if (ours == !display_->is_hidden()) return;
  if (ours) {
    read_size();
    display_->show();
  } else {
    display_->hide();
  }
}

void LiveTerminal::before_flush() {
  if (display_ != nullptr && display_->is_running() && !suspended_) look_whose_turn();
}

void LiveTerminal::after_flush() {
  if (display_ == nullptr) return;
  if (!display_->is_running()) {
    keys_.give_back();
    alarm_.disarm();
    return;
  }
  if (suspended_) return alarm_.disarm();
  const TimePoint wake = display_->wake().value_or(looked_ + kLook);
  if (!alarm_.armed() || alarm_.deadline() != wake) alarm_.arm(loop_, wake);
}

void LiveTerminal::suspend() {
  if (display_ == nullptr) return;
  suspended_ = true;
  keys_.give_back();
  display_->hide();
}

void LiveTerminal::resume() {
  if (display_ == nullptr) return;
  suspended_ = false;
  looked_ = {};
  if (display_->is_running()) look_whose_turn();
}

}  // namespace corun
