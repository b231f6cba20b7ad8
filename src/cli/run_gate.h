// What a run passes before it starts: is it due, has its jitter passed, is its lock free. Knows nothing of jobs.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/load_graph.h"
#include "cli/run_clock.h"
#include "cli/take_lock.h"
#include "loop/signals.h"

namespace corun {

/// What came of it.
struct GateEnd {
  bool passed = true;
  bool is_overdue = false;  ///< the run should have been possible: somebody is to be told
  int exit_code = 0;        ///< unless it has passed
  int signal = 0;           ///< that has ended it
  std::string message;      ///< for people, unless it has passed
};

/// The gate of one run; while it lives, the run has its lock.
class RunGate {
 public:
  /// All must outlive this. Throws SetupError where the lock can't be had at all.
  RunGate(Loop& loop, RunClock& clock, SignalSource& signals, const Arguments& arguments, const LoadedGraph& graph,
          const GetVariable& variable, const std::string& run_id, Report& report);

  /// Waits as asked for. INT, TERM, HUP and QUIT end it.
  GateEnd pass();
  /// Gives the lock up: the next run may start.
  void release();

 private:
  Task<GateEnd> watched();
  Task<GateEnd> steps();
  Task<void> heed_signals();
  bool is_due();
  GateEnd not_due() const;
  GateEnd stopped(std::string message) const;

  Loop& loop_;
  RunClock& clock_;
  SignalSource& signals_;
  const Arguments& arguments_;
  const LoadedGraph& graph_;
  const GetVariable& variable_;
  Report& report_;
  LockRequest request_;
  std::optional<LockFile> lock_;
  std::optional<Duration> jitter_;
  std::optional<Duration> if_older_than_;
  std::string state_directory_;
  CancelScope scope_;
  CancelScope company_;
  int signal_ = 0;
};

/// How long a run on this machine waits of `window`: always the same for a machine and a file.
Duration jitter_of(std::string_view machine, std::string_view file, Duration window);

}  // namespace corun
