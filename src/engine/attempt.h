// One attempt of a job's action: its deadline, its executor, its verdict. Knows nothing of retries, breakers or queues.
#pragma once

#include <string>
#include <vector>

#include "engine/cached_job.h"
#include "engine/job_names.h"
#include "engine/member.h"
#include "engine/result_context.h"
#include "engine/run_context.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun {

struct AttemptRequest;
class HeldOutput;

/// Several attempts of a job at the same time, of which only one may have its effect.
class AttemptRace {
 public:
  /// An attempt is about to have its effect for good. False: another one has had it.
  virtual bool claim(const AttemptRequest& request) = 0;
  /// Whether more than one has begun.
  virtual bool has_others() const = 0;

 protected:
  ~AttemptRace() = default;
};

/// An attempt to make. All must live until it has ended.
struct AttemptRequest {
  Member& member;
  const JobNames& names;
  const Action& action;  ///< the job's own, its fallback, or a callback
  std::uint32_t number = 1;
  JobLog* log = nullptr;         ///< takes the output of a process
  HttpJobState* http = nullptr;  ///< what the attempts of a request keep for each other
  CachedJob* cache = nullptr;    ///< of the job's own action; null: none
  std::string span = {};         ///< of the run's trace; "": there is no trace
  TimePoint started{};
  AttemptRace* race = nullptr;  ///< null: nothing runs beside it
  HeldOutput* held = nullptr;   ///< takes the output while another attempt has the log

  const Job& job() const { return member.job(); }
  bool is_own() const { return &action == &job().written().action; }
};

/// What an attempt came to, and what of it others look at.
struct AttemptResult : ActionResult {
  AttemptResult() = default;
  explicit AttemptResult(ActionResult result) : ActionResult(std::move(result)) {}

  Json members;                                ///< of a gather or graph: its jobs as `results` has them
  Json jobs;                                   ///< of a graph: its jobs as `.jobs` has them
  std::vector<std::string> jobs_with_secrets;  ///< of a group: those of its jobs whose data hold one
  Json outputs;                                ///< of a graph: what its file gives
  Json for_next_round;                         ///< the outputs, if the job looks at `.previous`
  Json data;                                   ///< what `.jobs.NAME` has of it; null: nobody looks
  CutOutputs cut;                              ///< what was looked at and isn't whole
  bool holds_secret = false;                   ///< the data, or the outputs, do
  bool unmodified = false;                     ///< what is kept of an earlier response is still so
  bool repeat = false;                         ///< it succeeded, but `repeat: {until: …}` doesn't hold yet
};

/// Makes the attempt within the job's `timeout`, judges it by `expect`, and takes the outputs. A deadline of its own gives
/// attempt_timeout; `scope` cancelled gives cancelled with the scope's reason.
Task<AttemptResult> run_attempt(RunContext& run, const AttemptRequest& request, CancelScope& scope);

/// Carries `action` out within `timeout` and judges it by its exit code or status alone: a callback.
Task<AttemptResult> run_callback(RunContext& run, const AttemptRequest& request, Duration timeout, CancelScope& scope);

}  // namespace corun
