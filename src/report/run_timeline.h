// What happened in a run, as plain data: what every document about a run is made of. Knows nothing of where it comes from, nor of
// what is made of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/job_result.h"

namespace corun {

/// How much of an output a timeline keeps, in bytes, from its end: of a job that failed, of another, of an attempt that wasn't
/// the last, and of all together.
inline constexpr std::size_t kMostOutputOfFailure = std::size_t{64} << 10;
inline constexpr std::size_t kMostOutputOfSuccess = std::size_t{8} << 10;
inline constexpr std::size_t kMostOutputOfAttempt = std::size_t{8} << 10;
inline constexpr std::size_t kMostOutputInAll = std::size_t{64} << 20;

/// One attempt of a job. Durations named after moments are since the run's start.
struct TimelineAttempt {
  std::uint32_t number = 1;
  Duration started{};
  Duration ended{};
  FailureKind kind = FailureKind::none;
  std::string reason;        ///< why it failed, for people, one line; "": it didn't
  Duration pause{};          ///< that was decided on before the next one; 0: none followed
  std::string output;        ///< the end of what it wrote, if it failed and wasn't the last
  std::string span;          ///< of a trace; "": it has none yet
  bool is_fallback = false;  ///< of the job's fallback, which came after all attempts
  bool beside = false;       ///< it began while the one before ran (`hedge`)
  bool lost = false;         ///< the same, or one of those: it was ended, since another one had succeeded
};

/// An `on_success`, `on_failure` or `finally` of a job.
struct TimelineCallback {
  std::string name;
  Duration started{};
  Duration ended{};
  FailureKind kind = FailureKind::none;
  std::string reason;  ///< why it failed, for people, one line; "": it didn't
  std::string span;    ///< of a trace; "": it has none yet
};

/// One job, group, item or callback of the file.
struct TimelineJob {
  std::string name;
  std::string description;
  std::vector<std::string> tags;
  std::string_view slot;  ///< that it takes while it runs: "process" (-j), "request" (--max-http); "": none, or unknown
  std::string action;     ///< one line for people, such as `GET https://example.com/`; secrets masked; "": unknown
  std::vector<std::string> policies;  ///< one line for people each
  std::string file;                   ///< where it is written; "": unknown
  std::uint32_t line = 0;
  std::int32_t parent = -1;          ///< the job whose group, file or items it is in, by its place in `jobs`; -1: at the top
  std::vector<std::uint32_t> needs;  ///< the same
  bool is_group = false;             ///< it has others inside, of which it consists
  bool is_callback = false;          ///< of a file: it isn't counted
  JobState state = JobState::pending;
  bool allowed = false;   ///< it failed, and `continue_on_error` lets the run go on
  bool restored = false;  ///< an earlier run has done it: no times, no attempts
  CacheUse cache = CacheUse::none;
  FailureKind kind = FailureKind::none;
  int exit_code = -1;   ///< of a process; -1: there is none
  int http_status = 0;  ///< 0: there is none
  std::string reason;   ///< why it isn't succeeded, for people, one line
  Duration ready{};
  Duration started{};  ///< of the first attempt; == ended: there was none
  Duration ended{};
  std::uint32_t attempt_count = 0;          ///< that were made or rejected, even if they aren't in `attempts`
  std::vector<TimelineAttempt> attempts;    ///< in order
  std::vector<TimelineCallback> callbacks;  ///< after these, in order
  ResourceUsage usage;
  std::string output;               ///< the end of what it wrote, secrets masked; "": nothing, or more than can be kept
  std::uint64_t output_before = 0;  ///< bytes of it that come before that
  std::string log;                  ///< path of the whole; "": none is kept
  std::string span;                 ///< of a trace; "": it has none yet
};

/// What concerned the run rather than a job: a breaker that opened, a warning, a signal.
struct TimelineEvent {
  Duration at{};
  std::string text;  ///< for people, one line
};

/// A run that has ended, or what there is of one that was lost.
struct RunTimeline {
  std::string id;
  std::string name;  ///< of the graph
  std::string file;
  WallTime started{};
  Duration elapsed{};
  int exit_code = -1;               ///< -1: it hasn't ended
  std::string verdict;              ///< one word: succeeded, failed, interrupted, timed_out, not_run, killed; "": it hasn't ended
  std::uint32_t process_slots = 0;  ///< -j; 0: unknown
  std::uint32_t http_slots = 0;     ///< --max-http; 0: unknown
  std::string earlier;              ///< the run that it took up; "": none
  std::string resume;               ///< the command that does what is left; "": nothing is, or it can't be done
  std::string outputs;              ///< JSON, a map; "": the file has none
  std::vector<TimelineJob> jobs;    ///< those of the file in its order and then items, or all as they began
  std::vector<TimelineEvent> events;
};

/// The job that it is inside of; null: none.
inline const TimelineJob* parent_of(const std::vector<TimelineJob>& jobs, const TimelineJob& job) {
  return job.parent < 0 ? nullptr : &jobs[static_cast<std::size_t>(job.parent)];
}

/// Whether it counts as a failure of the run.
inline bool is_failure(const TimelineJob& job) { return is_failure(job.state) && !job.allowed; }

}  // namespace corun
