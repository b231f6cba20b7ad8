// vfork and exec. Knows nothing of jobs, pipes or waiting.
#include "io/spawn.h"

#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace corun {
namespace {

// What the child says of its failure; it shares our memory until it executes. Volatile and not on the stack: written behind
// the compiler's back, by code that to it never returns.
struct ChildFailure {
  int error = 0;
  SpawnResult::Stage stage = SpawnResult::Stage::none;
};
volatile ChildFailure child_failure;

// Runs in the child, on the parent's memory: system calls only, nothing allocated, nothing of the parent's changed.
[[noreturn]] void run_child(const SpawnRequest& request) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &standard, nullptr);  // the only one corun ignores by itself; exec resets handlers
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  ::dup2(request.stdin_fd, 0);
  ::dup2(request.stdout_fd, 1);
  ::dup2(request.stderr_fd, 2);
  ::syscall(SYS_close_range, 3U, UINT_MAX, 0U);
  if (request.open_files != nullptr) ::setrlimit(RLIMIT_NOFILE, request.open_files);
  if (request.working_dir != nullptr && ::chdir(request.working_dir) != 0) {
    child_failure.error = errno;
    child_failure.stage = SpawnResult::Stage::working_dir;
    ::_exit(127);
  }
  ::sigprocmask(SIG_SETMASK, request.signal_mask, nullptr);
  ::execve(request.path, request.argv, request.environment);
  child_failure.error = errno;
  child_failure.stage = SpawnResult::Stage::exec;
  ::_exit(127);
}

}  // namespace

SpawnResult spawn(const SpawnRequest& request) {
  SpawnResult result;
  child_failure.stage = SpawnResult::Stage::none;
  // No handler may run in the child while it borrows our memory.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();
  if (pid == 0) run_child(request);
  const int fork_error = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    result.error = fork_error;
    result.failed_stage = SpawnResult::Stage::fork;
    return result;
  }
  if (child_failure.stage != SpawnResult::Stage::none) {
    result.error = child_failure.error;
    result.failed_stage = child_failure.stage;
    ::waitpid(pid, nullptr, 0);
    return result;
  }
  result.pid = pid;
  result.pidfd = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
  if (!result.pidfd) {
    result.error = errno;
    result.failed_stage = SpawnResult::Stage::fork;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  return result;
}

}  // namespace corun
