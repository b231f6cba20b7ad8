// A world without processes or sockets: a fake clock, an executor that follows a script, a report that remembers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "expr/variables.h"
#include "loop/awaiters.h"
#include "loop/fake_clock.h"
#include "policy/breaker_store.h"
#include "policy/limit.h"
#include "policy/random.h"
#include "state/log_store.h"

namespace corun::test {

/// What a scripted action does: lasts `takes`, then ends with `exit_code` (0 is success).
struct Step {
  Duration takes{};
  int exit_code = 0;
};

/// Follows the script of each job, named by CORUN_JOB; the last step repeats. A stubborn job takes `stop_takes` to stop.
class ScriptedExecutor final : public Executor {
 public:
  explicit ScriptedExecutor(Loop& loop) : loop_(loop) {}

  std::map<std::string, std::vector<Step>> scripts;
  std::vector<Step> default_script;  ///< of jobs that have none
  std::map<std::string, int> calls;
  std::vector<std::pair<std::string, Duration>> starts;  ///< job, since the clock's start
  std::map<std::string, std::string> time_left;          ///< CORUN_TIME_LEFT of a job's last call
  /// Told of each start (+1) and end (-1) of an action.
  std::function<void(const std::string& job, const std::string& program, int change)> observe;
  Duration stop_takes{};
  int running = 0;
  int most_running = 0;
  int started_too_late = 0;  ///< calls whose scope had been cancelled before

  Task<ActionResult> execute(const Command& command, CancelScope& scope) override;

 private:
  Loop& loop_;
};

/// Remembers what was reported, as short lines: "a running", "b retry 500ms".
class MemoryReport final : public Report {
 public:
  std::vector<std::string> lines;
  std::map<std::string, Duration> ended;  ///< since the clock's start
  std::vector<std::pair<std::string, JobState>> states;
  std::vector<std::string> warnings;
  std::size_t most_ids = 0;  ///< different ids of jobs, seen so far

  void job_state(const JobStateChange& change) override;
  void retry_wait(const RetryWait& wait) override;
  void stopping(CancelReason reason, std::size_t running) override;
  void breaker(const BreakerChange& change) override;
  void warning(std::string_view message) override { warnings.emplace_back(message); }
};

/// Always the same number.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(double value) : value_(value) {}
  double unit() override { return value_; }

 private:
  double value_;
};

/// A job file under construction, and its run.
class World {
 public:
  World() : loop(clock), executor(loop), random(1.0 - 1e-12) {}

  /// Adds a job that runs the script of its name; ids and policies are filled in.
  Job& add(const std::string& name, std::vector<Step> script, std::vector<JobIndex> needs = {});
  /// The same inside `group`, named `parent/name`.
  Job& add(JobGroup& group, const std::string& name, std::vector<Step> script);
  /// Adds a gather of the given policy at the top.
  GatherSpec& add_gather(const std::string& name, GatherPolicy policy, std::uint32_t quorum = 0);
  /// The policies of `job`, its own from now on.
  Policies& policies(Job& job);

  /// Runs it all.
  RunResult run();
  const JobResult& result(const std::string& name) const;
  Duration ended(const std::string& name) const { return report.ended.at(name); }

  FakeClock clock;
  Loop loop;
  ScriptedExecutor executor;
  MemoryReport report;
  FixedRandom random;
  JobFile file;
  RunSettings settings;
  Executor* http = nullptr;               ///< of requests
  std::vector<LimitShare*> limit_shares;  ///< by index of the limit
  ResultCache* cache = nullptr;
  CancelScope scope;
  Json vars;                             ///< `.vars`
  std::optional<Duration> interrupt_at;  ///< as SIGINT would
  RunResult outcome;
  std::map<std::string, std::uint32_t> ids;

 private:
  std::uint32_t next_id_ = 0;
};

}  // namespace corun::test
