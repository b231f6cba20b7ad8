// Ends the children without allocating, unwinding or waiting. Knows nothing of jobs or reports.
#include "cli/last_resort.h"

#include <signal.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>

#include "cli/exit_code.h"
#include "cli/terminal_keys.h"
#include "report/bottom_rows.h"

namespace corun {
namespace {

ProcessExecutor* children = nullptr;

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// Without rows, its cursor and its settings as they were.
void leave_terminal() {
  put_back_terminal();
  const std::string_view wipe = BottomRows::emergency();
  if (wipe.empty()) return;
  const ssize_t written = ::write(STDERR_FILENO, wipe.data(), wipe.size());
  static_cast<void>(written);
}

[[noreturn]] void give_up(std::string_view why) {
  std::set_new_handler(nullptr);
  if (children != nullptr) children->kill_all();
  leave_terminal();
  const ssize_t written = ::write(STDERR_FILENO, why.data(), why.size());
  static_cast<void>(written);
  ::_exit(kExitInternal);
}

// Unwinding would go through coroutines that others still wait for.
[[noreturn]] void without_memory() { give_up("\ncorun: out of memory; what ran has been killed\n"); }

[[noreturn]] void without_sense() { give_up("\ncorun: internal error; what ran has been killed\n"); }

// abort(), by which libraries end a program; it goes on when this returns.
void before_abort(int) {
  if (children != nullptr) children->kill_all();
  leave_terminal();
}

// A crash; the signal comes again when this returns, and by then does what it does by default.
void before_crash(int signal) {
  leave_terminal();
  ::raise(signal);
}

}  // namespace

LastResort::LastResort(ProcessExecutor& processes) {
  children = &processes;
  std::set_new_handler(without_memory);
  std::set_terminate(without_sense);
  ::signal(SIGABRT, before_abort);
  for (const int signal : kCrashes) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;  // a sanitizer has its own
    action.sa_handler = before_crash;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
  }
}

LastResort::~LastResort() {
  children = nullptr;
  std::set_new_handler(nullptr);
  std::set_terminate(nullptr);
  ::signal(SIGABRT, SIG_DFL);
}

}  // namespace corun
