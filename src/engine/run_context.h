// What all jobs of one run share. Knows nothing of any one job.
#pragma once

#include <unordered_set>
#include <vector>

#include "base/job_result.h"
#include "base/random_hex.h"
#include "engine/admission.h"
#include "engine/cache_flights.h"
#include "engine/check_expressions.h"
#include "engine/engine.h"
#include "engine/running_file.h"
#include "expr/context.h"
#include "expr/secret_keeper.h"
#include "expr/variables.h"
#include "policy/breaker_store.h"
#include "policy/random.h"
#include "state/journal.h"
#include "state/log_store.h"

namespace corun {

/// One run's parts and the results so far, by Job::id. Lives as long as the run.
struct RunContext {
  RunContext(const JobFile& file_, const RunSettings& settings_, const Variables& variables, const Expressions& expressions_,
             EngineParts parts_, std::size_t jobs)
      : file(file_),
        settings(settings_),
        expressions(expressions_),
        parts(parts_),
        journal(parts_.journal != nullptr ? *parts_.journal : none_),
        admission(parts_.loop, parts_.breakers, file_.limits, parts_.limit_shares, settings_.process_slots, settings_.http_slots),
        cache_flights(parts_.loop.clock().wall_now(), parts_.known_files),
        top(file_, variables),
        results(jobs),
        next_id_(static_cast<std::uint32_t>(jobs)) {
    top.names.set("run", Context::Make([this]() -> Result<Json> {
                    Json run = Json::map();
                    run.set("id", Json::string(settings.run_id));
                    run.set("name", Json::string(file.name));
                    return run;
                  }));
  }

  Loop& loop() const { return parts.loop; }
  TimePoint now() const { return parts.loop.now(); }

  /// The id of a span of the run's trace; "" if there is none.
  std::string new_span() const { return settings.trace ? random_hex(8) : std::string(); }

  /// A message, or a name, without secrets.
  std::string masked(std::string text) const {
    const SecretKeeper* keeper = top.names.keeper();
    return keeper == nullptr || text.empty() ? std::move(text) : keeper->mask().masked_message(text);
  }

  /// Puts a job into a state and tells the report.
  void enter(const Job& job, JobResult& result, JobState state) {
    result.state = state;
    if (is_final(state)) result.outcome.message = masked(std::move(result.outcome.message));
    parts.report.job_state(JobStateChange{job, result, now()});
  }

  const JobFile& file;
  const RunSettings& settings;
  const Expressions& expressions;
  EngineParts parts;
  Journal& journal;
  Admission admission;
  CacheFlights cache_flights;
  RunningFile top;
  std::vector<JobResult> results;                   ///< of the jobs as written
  std::unordered_set<std::uint32_t> warned_of_cut;  ///< by Job::id: output that isn't whole
  std::unordered_set<std::uint32_t> told_unhedged;  ///< by Job::id: too few earlier times are known

  /// An id for an instance of a job, free again after `give_back_id`.
  std::uint32_t take_id() {
    if (free_ids_.empty()) return next_id_++;
    const std::uint32_t id = free_ids_.back();
    free_ids_.pop_back();
    return id;
  }
  void give_back_id(std::uint32_t id) { free_ids_.push_back(id); }

 private:
  Journal none_;
  std::uint32_t next_id_;
  std::vector<std::uint32_t> free_ids_;
};

}  // namespace corun
