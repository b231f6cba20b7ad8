// The forked process that sends a cancel request. Knows nothing of what the statement does.
#include "io/sql_cancel.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <climits>

namespace corun {
namespace {

constexpr Duration kSendTime = 1s;

// The child: nothing but system calls and PQcancel, which is made to be safe in a signal handler.
[[noreturn]] void send(const PqApi& api, PGcancel* cancel) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::syscall(SYS_close_range, 3U, UINT_MAX, 0U);  // pipes of jobs above all: they must not look open for longer
  std::array<char, 256> error{};
  api.cancel(cancel, error.data(), static_cast<int>(error.size()));
  ::_exit(0);
}

}  // namespace

SqlCancel::SqlCancel(const PqApi& api, Loop& loop, PGconn* connection) : loop_(loop), ended_(loop) {
  PGcancel* cancel = api.getCancel(connection);
  if (cancel == nullptr) return;  // the connection is lost
  pid_ = ::fork();
  if (pid_ == 0) send(api, cancel);
  api.freeCancel(cancel);
  if (pid_ < 0) return;
  pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (pidfd_) loop_.watch(pidfd_.get(), EPOLLIN, *this);
}

SqlCancel::~SqlCancel() {
  if (pidfd_) loop_.unwatch(pidfd_.get());
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void SqlCancel::on_fd(int fd, std::uint32_t) {
  loop_.watch(fd, 0, *this);
  ended_.set();
}

Task<void> SqlCancel::finish() {
  if (!pidfd_) co_return;
  CancelScope shield;
  co_await ended_.wait(shield, loop_.now() + kSendTime);
}

}  // namespace corun
