// How long a run will still take. Knows nothing of where earlier times come from.
#include "report/estimate.h"

#include <algorithm>

#include "graph/groups.h"

namespace corun {
namespace {

constexpr std::uint32_t kProcesses = 0;
constexpr std::uint32_t kRequests = 1;
constexpr std::uint32_t kLimits = 2;

Duration find_time(const std::unordered_map<std::string, Duration>& times, const std::string& name) {
  const auto known = times.find(name);
  return known == times.end() ? Duration(0) : known->second;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

bool has_items(const Job& job) { return job.flow != nullptr && job.flow->foreach != nullptr; }

}  // namespace

std::string name_in_file(std::string_view name) {
  std::string plain;
  std::size_t depth = 0;
  for (const char c : name) {
    if (c == '[') ++depth;
    if (depth == 0) plain += c;
    if (c == ']' && depth > 0) --depth;
  }
  return plain;
}

void Estimate::run_start(const RunStart& start, const EarlierTimes& earlier) {
  jobs_.clear();
  gates_.clear();
  computed_.reset();
  if (earlier.by_job.empty()) return;
  Duration sum{};
  for (const auto& [name, time] : earlier.by_job) sum += time;
  const Duration average = sum / static_cast<std::int64_t>(earlier.by_job.size());
  gates_ = {Gate{static_cast<double>(std::max(earlier.process_slots, 1U))},
            Gate{static_cast<double>(std::max(earlier.http_slots, 1U))}};
  for (const auto& limit : start.file.limits) {
    const LimitSettings& settings = limit.settings;
    Gate& gate = gates_.emplace_back(Gate{static_cast<double>(settings.concurrency.value_or(0))});
    if (settings.rate_count.value_or(0) == 0) continue;
    gate.seconds_for_each = seconds(settings.rate_period) / *settings.rate_count;
    gate.burst = settings.burst;
  }
  jobs_.resize(start.jobs.size());
  for (const Job* job : start.jobs) {
    if (job == nullptr || job->id >= jobs_.size()) continue;
    Expected& expected = jobs_[job->id];
    expected.is_top = is_top(*job);
    expected.ended = job->id < earlier.excluded.size() && earlier.excluded[job->id];
    if (expected.ended) continue;
    if (expected.is_top) {
      const auto known = earlier.by_job.find(job->name);
      expected.time = known == earlier.by_job.end() ? average : known->second;
    } else {
      expected.time = find_time(earlier.inside, job->name);
    }
    // Of a foreach: what its items took together; how long it took itself depends on how many ran at once.
    expected.work = has_items(*job) ? find_time(earlier.items, job->name) : expected.time;
    add_gates(*job, expected);
  }
  chain(start.file.top.jobs);
}

void Estimate::add_gates(const Job& job, Expected& expected) const {
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(job.action)) expected.gates.push_back(kProcesses);
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(job.action)) expected.gates.push_back(kRequests);
  if (!job.policies) return;
  for (const std::uint32_t limit : job.policies->limits) {
    if (kLimits + limit < gates_.size()) expected.gates.push_back(kLimits + limit);
  }
}

// Of those at the top, whose ids begin anywhere.
void Estimate::chain(const std::vector<Job>& jobs) {
  std::vector<std::uint32_t> waits_for(jobs.size());  // how many need it, and haven't been looked at
  for (const Job& job : jobs) {
    for (const Need& need : job.needs) ++waits_for[need.job];
  }
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (waits_for[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const Job& job = jobs[ready.back()];
    ready.pop_back();
    for (const Need& need : job.needs) {
      Expected& needed = jobs_[jobs[need.job].id];
      needed.after = std::max(needed.after, jobs_[job.id].time + jobs_[job.id].after);
      if (--waits_for[need.job] == 0) ready.push_back(need.job);
    }
  }
}

// What is expected of a job, or of the one that it is an item of, or inside of one.
Estimate::Expected* Estimate::find(const Job& job) {
  const std::uint32_t id = job.written().id;
  return id < jobs_.size() ? &jobs_[id] : nullptr;
}

void Estimate::job_state(const JobStateChange& change) {
  Expected* job = jobs_.empty() ? nullptr : find(change.job);
  if (job == nullptr) return;
  const JobState state = change.result.state;
  if (change.job.siblings > 0) {
    job->items = change.job.siblings;
    if (state == JobState::running) ++job->items_begun;
    if (is_final(state)) ++job->items_ended;
  } else if (change.job.definition == nullptr) {  // what is inside of an item comes many times, nobody knows how often
    if (is_final(state)) {
      job->ended = true;
    } else if (state == JobState::running && !job->started) {
      job->started = change.time;
    }
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

// Of many items those that have ended tell more than earlier runs, as soon as they are more than those that run.
Duration Estimate::time_left(const Expected& job, TimePoint now) {
  if (!job.started) return job.time;
  const Duration elapsed = now - *job.started;
  const std::size_t running = job.items_begun - std::min(job.items_begun, job.items_ended);
  if (job.items_ended > running && job.items > 0) {
    const double rate =
        static_cast<double>(job.items - std::min(job.items, job.items_ended)) / static_cast<double>(job.items_ended);
    return std::chrono::duration_cast<Duration>(elapsed * rate);
  }
  return std::max(job.time - elapsed, Duration(0));
}

// 0 to 1, of its work.
double Estimate::share_left(const Expected& job, TimePoint now) {
  if (job.ended) return 0;
  if (job.items > 0) return 1 - std::min(1.0, static_cast<double>(job.items_ended) / static_cast<double>(job.items));
  if (!job.started || job.time <= Duration(0)) return 1;
  return std::max(0.0, 1 - seconds(now - *job.started) / seconds(job.time));
}

Duration Estimate::compute(TimePoint now) const {
  Duration most{};
  std::vector<double> work(gates_.size());  // seconds
  std::vector<std::size_t> to_begin(gates_.size());
  for (const Expected& job : jobs_) {
    if (job.ended) continue;
    if (job.is_top) most = std::max(most, time_left(job, now) + job.after);
    if (job.gates.empty()) continue;
    const double left = seconds(job.work) * share_left(job, now);
    const std::size_t begins = job.items > 0 ? job.items - std::min(job.items, job.items_begun) : job.started ? 0 : 1;
    for (const std::uint32_t gate : job.gates) {
      work[gate] += left;
      to_begin[gate] += begins;
    }
  }
  double longest = seconds(most);
  for (std::size_t i = 0; i < gates_.size(); ++i) {
    const Gate& gate = gates_[i];
    if (gate.at_once > 0) longest = std::max(longest, work[i] / gate.at_once);
    const std::size_t paced = to_begin[i] - std::min(to_begin[i], gate.burst);
    longest = std::max(longest, static_cast<double>(paced) * gate.seconds_for_each);
  }
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(longest));
}

}  // namespace corun
