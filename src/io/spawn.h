// Starts a child process without copying this one. Knows nothing of jobs, pipes or waiting.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <vector>

#include "base/unique_fd.h"

namespace corun {

/// What the child starts with. Everything must live until `spawn` returns.
struct SpawnRequest {
  const char* path = nullptr;          ///< the program's file; looked up already
  char* const* argv = nullptr;         ///< null-terminated
  char* const* environment = nullptr;  ///< null-terminated
  const char* working_dir = nullptr;   ///< null: stay
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  bool in_foreground = false;          ///< stdin is the terminal, of which it becomes the foreground process group
  const rlimit* open_files = nullptr;  ///< null: as they are
};

/// The child, or why there is none.
struct SpawnResult {
  enum class Stage { none, fork, working_dir, exec };
  pid_t pid = -1;
  UniqueFd pidfd;
  int error = 0;  ///< errno of the stage that failed
  Stage failed_stage = Stage::none;
};

/// Starts children. Neither the memory nor (with many of them) the table of descriptors is copied, so a child costs the same
/// in a process that has thousands of others.
class Spawner {
 public:
  /// Reserves a few low descriptors, and remembers which signals are ignored now. Throws std::system_error if there are none.
  Spawner();

  /// Starts a process in its own process group, with an empty signal mask, default signal handlers and no other descriptor than
  /// 0, 1 and 2; it is killed if this process dies. Only an ignored SIGHUP (nohup) stays ignored. Holds the caller until the
  /// child executes its program (some 0.2 ms).
  SpawnResult spawn(const SpawnRequest& request);

 private:
  // Where the child finds its descriptors 0, 1 and 2: low, so that it needs a table of only these.
  std::array<UniqueFd, 3> launch_;
  UniqueFd null_;             // what stands there between two children: a pipe's end kept there would keep the pipe open
  std::vector<int> ignored_;  // what exec wouldn't reset: the child does
};

}  // namespace corun
