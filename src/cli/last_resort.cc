// Ends the children without allocating, unwinding or waiting. Knows nothing of jobs or reports.
#include "cli/last_resort.h"

#include <signal.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string_view>

#include "cli/exit_code.h"

namespace corun {
namespace {

ProcessExecutor* children = nullptr;

[[noreturn]] void give_up(std::string_view why) {
  std::set_new_handler(nullptr);
  if (children != nullptr) children->kill_all();
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
}

}  // namespace

LastResort::LastResort(ProcessExecutor& processes) {
  children = &processes;
  std::set_new_handler(without_memory);
  std::set_terminate(without_sense);
  ::signal(SIGABRT, before_abort);
}

LastResort::~LastResort() {
  children = nullptr;
  std::set_new_handler(nullptr);
  std::set_terminate(nullptr);
  ::signal(SIGABRT, SIG_DFL);
}

}  // namespace corun
