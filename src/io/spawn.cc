// A child on borrowed memory until it executes its program. Knows nothing of jobs, pipes or waiting.
#include "io/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace corun {
namespace {

// From this descriptor on the table is worth sharing instead of copying.
constexpr int kManyDescriptors = 128;

struct Child {
  const SpawnRequest& request;
  const std::array<int, 3> launch;
  const std::vector<int>& ignored_signals;
  const pid_t parent;
};

// What the child says of its failure. Volatile and not on the stack: written behind the compiler's back.
struct ChildFailure {
  int error = 0;
  SpawnResult::Stage stage = SpawnResult::Stage::none;
};
volatile ChildFailure child_failure;

[[noreturn]] __attribute__((no_sanitize("address", "undefined"))) void fail(SpawnResult::Stage stage) {
  child_failure.error = errno;
  child_failure.stage = stage;
  ::_exit(127);
}

// The child: system calls only, nothing allocated, nothing of the parent's changed but child_failure.
__attribute__((no_sanitize("address", "undefined"))) int run_child(void* argument) {
  const Child& child = *static_cast<const Child*>(argument);
  const SpawnRequest& request = child.request;
  // First of all a table of descriptors of its own, with only the first few in it.
  const int last = *std::max_element(child.launch.begin(), child.launch.end());
  if (::syscall(SYS_close_range, static_cast<unsigned>(last) + 1, UINT_MAX, CLOSE_RANGE_UNSHARE) != 0)
    fail(SpawnResult::Stage::fork);
  for (int i = 0; i < 3; ++i) ::dup2(child.launch[static_cast<std::size_t>(i)], i);
  ::syscall(SYS_close_range, 3U, UINT_MAX, 0U);
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (const int signal : child.ignored_signals) ::sigaction(signal, &standard, nullptr);  // exec resets only handlers
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != child.parent) ::_exit(127);  // it was killed before
  ::setpgid(0, 0);
  if (request.in_foreground) ::tcsetpgrp(STDIN_FILENO, ::getpid());  // all signals are blocked here: nothing stops it
  if (request.open_files != nullptr) ::setrlimit(RLIMIT_NOFILE, request.open_files);
  if (request.working_dir != nullptr && ::chdir(request.working_dir) != 0) fail(SpawnResult::Stage::working_dir);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(request.path, request.argv, request.environment);
  fail(SpawnResult::Stage::exec);
}

}  // namespace

Spawner::Spawner() {
  for (UniqueFd* slot : {&launch_[0], &launch_[1], &launch_[2], &null_}) {
    *slot = UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!*slot) throw std::system_error(errno, std::generic_category(), "/dev/null");
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (signal != SIGHUP && ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
      ignored_.push_back(signal);
    }
  }
}

SpawnResult Spawner::spawn(const SpawnRequest& request) {
  SpawnResult result;
  Child child{request, {launch_[0].get(), launch_[1].get(), launch_[2].get()}, ignored_, ::getpid()};
  ::dup3(request.stdin_fd, child.launch[0], O_CLOEXEC);
  ::dup3(request.stdout_fd, child.launch[1], O_CLOEXEC);
  ::dup3(request.stderr_fd, child.launch[2], O_CLOEXEC);
  child_failure.stage = SpawnResult::Stage::none;
  // No handler may run in the child while it borrows our memory.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  // We stand still until the child has let go of our memory, so one stack serves all children.
  alignas(16) static std::array<char, 64 * 1024> stack;
  const bool share_table = std::max(request.stdout_fd, request.stderr_fd) >= kManyDescriptors;
  const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD | (share_table ? CLONE_FILES : 0);
  int pidfd = -1;
  const pid_t pid = ::clone(run_child, stack.data() + stack.size(), flags, &child, &pidfd);
  const int clone_error = errno;
  for (const int slot : child.launch) ::dup3(null_.get(), slot, O_CLOEXEC);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    result.error = clone_error;
    result.failed_stage = SpawnResult::Stage::fork;
    return result;
  }
  result.pidfd = UniqueFd(pidfd);
  if (child_failure.stage != SpawnResult::Stage::none) {
    result.error = child_failure.error;
    result.failed_stage = child_failure.stage;
    ::waitpid(pid, nullptr, 0);
    return result;
  }
  result.pid = pid;
  return result;
}

}  // namespace corun
