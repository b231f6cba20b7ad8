// What all jobs of one run share. Knows nothing of any one job.
#pragma once

#include <vector>

#include "base/job_result.h"
#include "engine/admission.h"
#include "engine/engine.h"
#include "expr/variables.h"
#include "policy/breaker_store.h"
#include "policy/random.h"
#include "state/log_store.h"

namespace corun {

/// One run's parts and the results so far, by Job::id. Lives as long as the run.
struct RunContext {
  RunContext(const JobFile& file_, const RunSettings& settings_, const Variables& variables_, EngineParts parts_,
             std::size_t jobs)
      : file(file_),
        settings(settings_),
        variables(variables_),
        parts(parts_),
        admission(parts_.loop, parts_.breakers, file_.limits, settings_.process_slots, settings_.http_slots),
        results(jobs) {}

  Loop& loop() const { return parts.loop; }
  TimePoint now() const { return parts.loop.now(); }
  JobResult& result_of(const Job& job) { return results[job.id]; }

  /// Puts a job into a state and tells the report.
  void enter(const Job& job, JobState state) {
    JobResult& result = results[job.id];
    result.state = state;
    parts.report.job_state(JobStateChange{job, result, now()});
  }

  const JobFile& file;
  const RunSettings& settings;
  const Variables& variables;
  EngineParts parts;
  Admission admission;
  std::vector<JobResult> results;
};

}  // namespace corun
