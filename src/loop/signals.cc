// Signals through a signalfd. Knows nothing of what they should do.
#include "loop/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace corun {
namespace {

// Who ends a program often says so twice: timeout(1) to the process and to its group, a terminal to everybody and a wrapper once
// more, a terminal that goes away and then its shell.
constexpr Duration kSameBreath = 100ms;

bool is_said_twice(int signal) { return signal == SIGINT || signal == SIGTERM || signal == SIGHUP; }

}  // namespace

SignalSource::SignalSource(Loop& loop, std::span<const int> signals) : loop_(loop), arrived_(loop) {
  sigset_t heeded;
  ::sigemptyset(&heeded);
  for (const int signal : signals) {
    struct sigaction action {};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) ::sigaddset(&heeded, signal);
  }
  fd_ = UniqueFd(::signalfd(-1, &heeded, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) throw std::system_error(errno, std::generic_category(), "signalfd");
  ::sigprocmask(SIG_BLOCK, &heeded, &original_);
  loop_.watch(fd_.get(), EPOLLIN, *this);
}

SignalSource::~SignalSource() {
  on_fd(fd_.get(), EPOLLIN);  // what is still pending would strike as soon as the mask is back
  loop_.unwatch(fd_.get());
  ::sigprocmask(SIG_SETMASK, &original_, nullptr);
}

void SignalSource::on_fd(int fd, std::uint32_t) {
  signalfd_siginfo info{};
  while (::read(fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const auto signal = static_cast<int>(info.ssi_signo);
    if (!is_repeated(signal)) signals_.push_back(signal);
  }
  if (!signals_.empty()) arrived_.set();
}

bool SignalSource::is_repeated(int signal) {
  if (!is_said_twice(signal)) return false;
  const TimePoint now = loop_.now();
  std::optional<TimePoint>& last = last_[static_cast<std::size_t>(signal)];
  if (last && now - *last < kSameBreath) return true;
  last = now;
  return false;
}

std::vector<int> SignalSource::take() {
  on_fd(fd_.get(), EPOLLIN);
  arrived_.reset();
  return std::exchange(signals_, {});
}

}  // namespace corun
