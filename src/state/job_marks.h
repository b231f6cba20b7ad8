// What is noted of a job in a few bits, since a run may write a hundred thousand of them. Knows nothing of the rest.
#pragma once

#include <cstdint>

#include "base/job_result.h"
#include "state/journal.h"

namespace corun {

struct JobMarks {
  JobLevel level = JobLevel::top;
  bool restored = false;  ///< it wasn't run: an earlier run has done it
  bool again = false;     ///< it was done, and ran once more only for what it gives
  bool allowed = false;   ///< its failure
  CacheUse cache = CacheUse::none;
};

/// As it is stored: two bits for the level, one for each of the three, two for the cache.
constexpr std::int64_t packed(const JobMarks& marks) {
  return static_cast<int>(marks.level) | int{marks.restored} << 2 | int{marks.again} << 3 | int{marks.allowed} << 4 |
         static_cast<int>(marks.cache) << 5;
}

constexpr JobMarks unpacked_marks(std::int64_t marks) {
  return {static_cast<JobLevel>(marks & 3), (marks >> 2 & 1) != 0, (marks >> 3 & 1) != 0, (marks >> 4 & 1) != 0,
          static_cast<CacheUse>(marks >> 5 & 3)};
}

}  // namespace corun
