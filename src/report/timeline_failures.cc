// Which ends of jobs fail a run. Knows nothing of how that is told.
#include "report/timeline_failures.h"

#include <algorithm>

namespace corun {
bool ended_badly(const TimelineJob& job) {
  if (is_failure(job.state) || job.state == JobState::running) return true;
  return job.state == JobState::cancelled && job.attempt_count > 0 && job.reason == to_string(CancelReason::run_timeout);
}

const char* pardon(const std::vector<TimelineJob>& jobs, const TimelineJob& job) {
  if (job.allowed) return "allowed to fail";
  for (const TimelineJob* around = parent_of(jobs, job); around != nullptr; around = parent_of(jobs, *around)) {
    if (is_success(around->state)) return "made good by what is around it";
    if (around->allowed) return "allowed to fail";
  }
  return nullptr;
}

std::vector<const TimelineJob*> root_failures(const RunTimeline& timeline) {
  std::vector<const TimelineJob*> failed;
  std::vector<bool> has_inside(timeline.jobs.size());
  for (const TimelineJob& job : timeline.jobs) {
    if (!ended_badly(job) || pardon(timeline.jobs, job) != nullptr) continue;
    failed.push_back(&job);
    if (job.parent >= 0) has_inside[static_cast<std::size_t>(job.parent)] = true;
  }
  std::erase_if(failed, [&](const TimelineJob* job) { return has_inside[static_cast<std::size_t>(job - timeline.jobs.data())]; });
  std::stable_sort(failed.begin(), failed.end(), [](const TimelineJob* a, const TimelineJob* b) { return a->ended < b->ended; });
  return failed;
}

}  // namespace corun
