// How the jobs of a past run ended, and their attempts. Knows nothing of how that is shown, nor of resuming.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/job_result.h"
#include "state/journal.h"
#include "state/past_runs.h"

namespace corun {

/// An attempt that wasn't the job's last. Durations named after moments are since the run's start.
struct PastAttempt {
  std::uint32_t number = 1;
  Duration started{};
  Duration ended{};
  FailureKind kind = FailureKind::none;
  std::string message;
  std::uint64_t log_end = 0;  ///< bytes of the log by then
  bool beside = false;        ///< it began while the one before ran (`hedge`)
};

/// A job that has ended, in the order of the ends; the same name again is a later end.
struct PastResult {
  std::string name;
  JobLevel level = JobLevel::top;
  JobState state = JobState::pending;
  bool restored = false;
  bool allowed = false;
  CacheUse cache = CacheUse::none;
  std::uint32_t attempt_count = 0;
  Duration ready{};
  Duration started{};
  Duration ended{};
  Duration last_attempt{};
  FailureKind kind = FailureKind::none;
  int exit_code = -1;
  int http_status = 0;
  std::string message;
  std::string log;  ///< path; "": none
  std::vector<PastAttempt> attempts;
};

/// The jobs of `run`. What goes wrong in the database is thrown as DatabaseError.
std::vector<PastResult> past_results(Database& database, const std::string& state_directory, const PastRun& run);

}  // namespace corun
