// Executes process commands: starts them, stops them with grace, reports how they ended. Knows nothing of policies or of jobs.
#pragma once

#include <sys/resource.h>

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "io/child_process.h"
#include "io/executor.h"
#include "io/spawn.h"
#include "io/terminal_lender.h"
#include "loop/loop.h"

namespace corun {

/// What every child of a run shares.
struct ProcessSettings {
  std::vector<std::string> environment;  ///< `NAME=value`, sorted by name
  std::optional<rlimit> open_files;      ///< as this process found it; nothing: unchanged since
};

/// Runs commands as child processes (posix: own group, stdin /dev/null unless given).
class ProcessExecutor final : public Executor {
 public:
  ProcessExecutor(Loop& loop, ProcessSettings settings);

  /// `command` must hold a ProcessCommand. Exit codes are left to the caller; 127 and 126 of a program that can't be
  /// found or executed come as command_not_found and not_executable.
  Task<ActionResult> execute(const Command& command, CancelScope& scope) override;

  /// Stops all children that run now, and lets them go on.
  void pause_all();
  void resume_all();
  /// Kills all of them and what they have started in their groups, where nothing else can be done any more: allocates nothing.
  void kill_all();
  /// The first process of a container gets the orphans of all others as children: collects those that have ended.
  void collect_strays();
  /// Who lends the terminal to commands that want it; null: nobody does, and they run like any other.
  void set_terminal(TerminalLender* terminal) { terminal_ = terminal; }
  /// Whether children's output is read, of those that run and those to come. Where nobody takes it there is no use in reading.
  void listen(bool on);

 private:
  struct Started {
    std::unique_ptr<ChildProcess> child;  // null: `outcome` says why
    Outcome outcome;
  };
  Started start(const ProcessCommand& command, UniqueFd& outputs, bool on_terminal);
  std::vector<char*> environment_of(const ProcessCommand& command) const;
  /// The file `name` stands for, or "" if there is none (then `found_not_executable` tells a plain absence from a lack of
  /// permission).
  std::string find_program(const std::string& name, const std::vector<char*>& environment, const std::string& working_dir,
                           bool& found_not_executable);

  Loop& loop_;
  ProcessSettings settings_;
  Spawner spawner_;
  UniqueFd null_;
  std::unordered_map<std::string, std::string> programs_;  // looked up in the run's own PATH
  std::uint64_t spawn_turn_ = 0;
  int spawned_in_turn_ = 0;
  std::unordered_set<ChildProcess*> running_;
  bool listening_ = true;
  TerminalLender* terminal_ = nullptr;
};

}  // namespace corun
