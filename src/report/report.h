// What happens in a run, told to whoever reports it. Knows nothing of terminals, files or how jobs run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/job_result.h"
#include "base/output_log.h"
#include "graph/job.h"

namespace corun {

/// One run of a job file. `total` counts what will run: jobs left out by selection aren't in it.
struct RunStart {
  std::string run_id;  ///< such as `20260917T020003-4f1a08`
  const JobFile& file;
  std::vector<const Job*> jobs;  ///< every job, the inside of groups included, by id (Job::id)
  std::size_t total = 0;         ///< top-level jobs that will run
  WallTime wall_time;
  TimePoint time;
  std::string_view earlier = {};    ///< the run that it takes up; "": none
  std::uint32_t process_slots = 0;  ///< -j; 0: unknown
  std::uint32_t http_slots = 0;     ///< --max-http; 0: unknown
};

struct JobStateChange {
  const Job& job;
  const JobResult& result;  ///< `result.state` is the new state
  TimePoint time;
};

struct AttemptStart {
  const Job& job;
  std::uint32_t attempt;   ///< from 1
  std::uint32_t attempts;  ///< at most; 0: no limit
  TimePoint time;
  std::string_view span = {};  ///< of the run's trace; "": there is none
  bool beside = false;         ///< another one of the job's attempts runs already
};

struct AttemptEnd {
  const Job& job;
  std::uint32_t attempt;
  std::uint32_t attempts;
  const Outcome& outcome;
  Duration elapsed;
  const ResourceUsage& usage;  ///< of this attempt
  TimePoint time;
  bool beside = false;  ///< it was started while another one ran
  bool won = false;     ///< of several at the same time: its success is the job's
  bool lost = false;    ///< the same: another one had succeeded, so it was ended
};

/// A callback of a job has ended.
struct CallbackEnd {
  const Job& job;
  std::string_view name;  ///< on_success, on_failure, finally
  const Outcome& outcome;
  TimePoint started;
  TimePoint time;
  std::string_view span = {};  ///< of the run's trace; "": there is none
};

struct OutputChunk {
  const Job& job;
  Stream stream;
  std::string_view bytes;
  const OutputLog& log;  ///< already holds `bytes`, at its end; lives until the job's final state has been told
  TimePoint time;
  std::uint32_t attempt = 0;  ///< that wrote it, where several may run at the same time; else 0: the job's last one
  bool begins = false;        ///< what was held back of an attempt follows: it starts on a line of its own
};

struct RetryWait {
  const Job& job;
  std::uint32_t attempt;  ///< the one that failed
  std::uint32_t attempts;
  Duration delay;
  const Outcome& outcome;  ///< why
  TimePoint time;
};

struct BreakerChange {
  std::string_view breaker;
  std::string_view from;  ///< closed, open, half-open
  std::string_view to;
  Duration open_for;  ///< when `to` is open
  TimePoint time;
};

/// Of a lock that a run needs, before it starts.
struct LockChange {
  std::string_view run_id;
  std::string_view lock;     ///< for people: the group, or the file
  std::string_view change;   ///< waiting, taken, replacing, skipped, busy
  std::string_view holder;   ///< the other run, as far as it is known; "": it isn't, or there is none
  std::string_view message;  ///< for people
  TimePoint time;
};

/// A run that ended before it started.
struct NotRun {
  std::string_view run_id;
  std::string_view file;
  std::string_view message;
  int exit_code;
  TimePoint time;
};

struct RunEnd {
  const std::vector<JobResult>& results;  ///< by Job::id
  Duration elapsed;
  int exit_code;
  /// JSON: a map, of the file's `outputs`; "": it has none.
  std::string_view outputs;
  /// Why the run was stopped early; none if it wasn't.
  CancelReason stopped;
  TimePoint time;
  /// The command that does what is left to do; "": nothing is, or it can't be done.
  std::string_view resume = {};
  /// The command that shows all output of a job of this run, but for the job's name; "": there is none.
  std::string_view logs = {};
  /// One word: succeeded, failed, interrupted, timed_out.
  std::string_view verdict = {};
};

/// Told everything that happens in a run, in order, on the loop's thread. Must not block for long nor throw.
class Report {
 public:
  virtual ~Report() = default;
  virtual void run_start(const RunStart&) {}
  virtual void job_state(const JobStateChange&) {}
  virtual void attempt_start(const AttemptStart&) {}
  virtual void attempt_end(const AttemptEnd&) {}
  virtual void output(const OutputChunk&) {}
  virtual void retry_wait(const RetryWait&) {}
  virtual void callback_end(const CallbackEnd&) {}
  virtual void breaker(const BreakerChange&) {}
  virtual void warning(std::string_view /*message*/) {}
  virtual void lock(const LockChange&) {}
  /// Nothing else is told but of locks.
  virtual void not_run(const NotRun&) {}
  /// What is worth a word only to those who ask for it.
  virtual void note(const Job&, std::string_view /*message*/) {}
  /// The run was asked to stop (signal, timeout, --fail-fast); `jobs_running` get their grace now.
  virtual void stopping(CancelReason, std::size_t /*jobs_running*/) {}
  virtual void run_end(const RunEnd&) {}
  /// Writes out what is buffered, as far as a slow reader takes it at once; called once a loop turn in which something was told,
  /// and at the end.
  virtual void flush() {}
};

}  // namespace corun
