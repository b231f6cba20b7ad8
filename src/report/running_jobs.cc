// What runs at the moment. Knows nothing of where it is shown.
#include "report/running_jobs.h"

#include <algorithm>

#include "base/duration.h"
#include "report/words.h"

namespace corun {

void RunningJobs::job_state(const JobStateChange& change) {
  if (is_final(change.result.state)) jobs_.erase(change.job.id);
}

void RunningJobs::attempt_start(const AttemptStart& attempt) {
  if (std::holds_alternative<std::unique_ptr<GatherSpec>>(attempt.job.action)) return;
  const auto entry = jobs_.try_emplace(attempt.job.id, Running{&attempt.job, attempt.time}).first;
  entry->second.attempt = attempt.attempt;
  entry->second.next_try = {};
}

void RunningJobs::retry_wait(const RetryWait& wait) {
  const auto entry = jobs_.find(wait.job.id);
  if (entry != jobs_.end()) entry->second.next_try = wait.time + wait.delay;
}

std::vector<std::string> RunningJobs::lines(TimePoint now, std::size_t most) const {
  std::vector<const Running*> order;
  for (const auto& [id, running] : jobs_) order.push_back(&running);
  std::sort(order.begin(), order.end(), [](const Running* a, const Running* b) {
    return a->since != b->since ? a->since < b->since : a->job->id < b->job->id;
  });
  std::vector<std::string> lines;
  for (const Running* running : order) {
    if (lines.size() == most) break;
    std::string line = running->job->name + ": " + format_elapsed(now - running->since);
    if (const std::string words = attempt_words(*running->job, running->attempt); !words.empty()) line += ", " + words;
    if (running->next_try > now) line += ", next try in " + format_elapsed(running->next_try - now);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace corun
