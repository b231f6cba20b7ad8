// What is kept of one job when a run goes on and when it has ended: plain data. Knows nothing of who shows it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/outcome.h"

namespace corun {

/// What a process used, over all attempts of a job.
struct ResourceUsage {
  Duration user{};
  Duration system{};
  std::int64_t max_rss_kib = 0;

  /// Of something else that ran before, after or beside it.
  void add(const ResourceUsage& other) {
    user += other.user;
    system += other.system;
    max_rss_kib = std::max(max_rss_kib, other.max_rss_kib);
  }
};

/// What a job's cache had to do with its end.
enum class CacheUse : std::uint8_t {
  none,
  hit,      ///< it is what an earlier one came to: nothing was run
  renewed,  ///< the same, after the server has said that it is still so
  stale,    ///< the same, past its time: the job itself has failed
};

/// One job's end, or its state so far.
struct JobResult {
  JobState state = JobState::pending;
  /// The job failed, but `continue_on_error` lets its dependents and the run go on.
  bool failure_allowed = false;
  bool restored = false;  ///< it wasn't run: an earlier run has done it
  CacheUse cache = CacheUse::none;
  std::uint32_t attempts = 0;    ///< that were dispatched or rejected
  std::uint32_t decided_by = 0;  ///< of attempts beside each other: the one whose end is the job's; 0: there were none
  Outcome outcome;               ///< of the last attempt; for a degraded job: why the fallback was needed
  ResourceUsage usage;
  TimePoint ready{};    ///< when its needs were met
  TimePoint started{};  ///< when its first attempt was dispatched; == ended if none was
  TimePoint ended{};
  TimePoint last_attempt{};  ///< when that, or the fallback, was dispatched; nothing if none was
};

/// Whether a job in this final state counts as a failure of the run: failed, timed out or rejected, and not allowed to.
inline bool is_failure(const JobResult& result) { return is_failure(result.state) && !result.failure_allowed; }

}  // namespace corun
