// Tells a dead man's switch that a run starts and how it ends. Knows nothing of jobs.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/load_graph.h"
#include "io/executor.h"
#include "loop/signals.h"
#include "loop/task.h"
#include "policy/random.h"
#include "report/report.h"

namespace corun {

/// The pings of one run, by the protocol of healthchecks.io. None of them can fail the run or hold it up for long: each has
/// three tries of ten seconds, then there is one warning.
class Ping {
 public:
  using MakeExecutor = std::function<Result<std::unique_ptr<Executor>>()>;

  /// All must outlive this. `make`: makes what sends, when it is needed first. Throws SetupError if the file's URL can't be had.
  Ping(Loop& loop, const Arguments& arguments, const LoadedGraph& graph, Random& random, Report& report, MakeExecutor make);

  /// From now on warnings go to `report` alone.
  void warn_in(Report& report) { report_ = &report; }

  bool is_wanted() const { return !url_.empty(); }
  /// Says that the run starts; ends when that is said or `scope` is cancelled.
  Task<void> say_start(CancelScope& scope);
  /// Says how the run has ended; `text` tells of its failure. The same.
  Task<void> say_end(int exit_code, std::string text, CancelScope& scope);

 private:
  Task<void> send(std::string url, std::string body, CancelScope& scope);
  bool prepare();
  void warn(const std::string& why);

  Loop& loop_;
  const LoadedGraph& graph_;
  Report* report_;
  MakeExecutor make_;
  std::string url_;
  std::string run_uuid_;
  bool says_start_ = true;
  std::unique_ptr<Executor> executor_;
  bool warned_ = false;
  bool unusable_ = false;
};

/// Says how a run has ended; a signal to end ends that at once, and nothing else: the run is over.
void say_end(Loop& loop, SignalSource& signals, Ping& ping, int exit_code, std::string text);

}  // namespace corun
