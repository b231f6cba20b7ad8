// Signals as events of the loop. Knows nothing of what they should do.
#pragma once

#include <signal.h>

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/unique_fd.h"
#include "loop/awaiters.h"
#include "loop/loop.h"

namespace corun {

/// Blocks signals as long as it lives and hands them to one coroutine instead. Signals that were ignored when corun
/// started (nohup) stay ignored. INT, TERM and HUP that come again within 100ms count once, as if the first were still pending.
class SignalSource final : private FdHandler {
 public:
  /// Throws std::system_error if the system has no descriptor left.
  SignalSource(Loop& loop, std::span<const int> signals);
  SignalSource(const SignalSource&) = delete;
  SignalSource& operator=(const SignalSource&) = delete;
  /// Puts the signal mask back; signals that came meanwhile and were not taken are lost.
  ~SignalSource();

  /// Set when signals wait to be taken: `Event::Wake wake = co_await source.arrived().wait(scope);`
  Event& arrived() { return arrived_; }
  /// Readable when signals have come.
  int fd() const { return fd_.get(); }
  /// The signals that came since the last call, in their order; resets the event.
  std::vector<int> take();

 private:
  void on_fd(int fd, std::uint32_t events) override;
  bool is_repeated(int signal);

  Loop& loop_;
  sigset_t original_{};
  UniqueFd fd_;
  Event arrived_;
  std::vector<int> signals_;
  std::array<std::optional<TimePoint>, SIGTERM + 1> last_;  // of those that are said twice
};

}  // namespace corun
