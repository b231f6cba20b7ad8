// How long a run will still take. Knows nothing of where earlier times come from.
#include "report/estimate.h"

#include <algorithm>

namespace corun {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

}  // namespace

void Estimate::run_start(const RunStart& start, const EarlierTimes& earlier) {
  jobs_.clear();
  if (earlier.by_job.empty()) return;
  Duration sum{};
  for (const auto& [name, time] : earlier.by_job) sum += time;
  const Duration average = sum / static_cast<std::int64_t>(earlier.by_job.size());
  const std::vector<Job>& jobs = start.file.top.jobs;
  slots_ = std::max(earlier.process_slots, 1U);
  jobs_.resize(jobs.size());
  by_id_.assign(start.jobs.size(), kNone);
  std::vector<std::uint32_t> waits_for(jobs.size());  // how many need it, and haven't been looked at
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Job& job = jobs[i];
    if (job.id < by_id_.size()) by_id_[job.id] = static_cast<std::uint32_t>(i);
    const auto known = earlier.by_job.find(job.name);
    jobs_[i].ended = job.id < earlier.excluded.size() && earlier.excluded[job.id];
    jobs_[i].time = jobs_[i].ended ? Duration(0) : known == earlier.by_job.end() ? average : known->second;
    jobs_[i].in_slot = std::holds_alternative<std::unique_ptr<RunSpec>>(job.action);
    for (const Need& need : job.needs) ++waits_for[need.job];
  }
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (waits_for[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const std::size_t i = ready.back();
    ready.pop_back();
    for (const Need& need : jobs[i].needs) {
      Expected& needed = jobs_[need.job];
      needed.after = std::max(needed.after, jobs_[i].time + jobs_[i].after);
      if (--waits_for[need.job] == 0) ready.push_back(need.job);
    }
  }
}

void Estimate::job_state(const JobStateChange& change) {
  if (jobs_.empty() || !is_top(change.job) || change.job.id >= by_id_.size() || by_id_[change.job.id] == kNone) return;
  Expected& job = jobs_[by_id_[change.job.id]];
  if (is_final(change.result.state)) {
    job.ended = true;
  } else if (change.result.state == JobState::running && !job.started) {
    job.started = change.time;
  }
}

std::optional<Duration> Estimate::left(TimePoint now) {
  if (jobs_.empty()) return std::nullopt;
  if (!computed_ || now - *computed_ >= 1s) {
    computed_ = now;
    left_ = compute(now);
  }
  return left_;
}

Duration Estimate::compute(TimePoint now) const {
  Duration chain{};
  Duration work{};
  for (const Expected& job : jobs_) {
    if (job.ended) continue;
    const Duration left = job.started ? std::max(job.time - (now - *job.started), Duration(0)) : job.time;
    chain = std::max(chain, left + job.after);
    if (job.in_slot) work += left;
  }
  return std::max(chain, work / slots_);
}

}  // namespace corun
