// How states, outcomes and times are put into words, once for all reports. Knows nothing of where the words go.
#pragma once

#include <string>
#include <string_view>

#include "base/job_result.h"
#include "graph/job.h"

namespace corun {

/// One word for a job's end: ok, DEGRADED, FAIL, TIMEOUT, SKIP, CANCEL, REJECT (an open breaker or a full limit). States that
/// aren't final give their own name.
std::string_view state_word(JobState state);

/// How counts are spoken of: ok, degraded, failed, timed out, skipped, cancelled, rejected.
std::string_view count_word(JobState state);

/// What its cache had to do with a job's end: cached, not modified, stale.
std::string_view cache_word(CacheUse use);

/// Why an attempt didn't succeed, on one line and with control bytes escaped; "" for success.
std::string reason_of(const Outcome& outcome);

/// "attempt 3 of 5"; "" if the job has had one try at most and has no other.
std::string attempt_words(const Job& job, std::uint32_t attempt);

/// The same of a job that has ended: "attempt 2 of 2 won", if several ran beside each other at last.
std::string attempt_words(const Job& job, const JobResult& result);

/// `440 of 1000 items`.
std::string item_words(std::size_t ended, std::size_t total);

/// From the first attempt's start to the end, pauses included; 0 if there was no attempt.
Duration run_time(const JobResult& result);

/// `2026-09-17T02:00:03.412Z`.
std::string format_wall_time(WallTime time);

/// The calendar time of monotonic points, fixed by one pair of both.
class WallTimes {
 public:
  WallTimes() = default;
  WallTimes(WallTime wall, TimePoint point) : wall_(wall), point_(point) {}
  WallTime at(TimePoint point) const { return wall_ + (point - point_); }

 private:
  WallTime wall_{};
  TimePoint point_{};
};

}  // namespace corun
