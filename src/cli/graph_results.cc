// Finds a run's results for the jobs of a list. Knows nothing of how they are shown.
#include "cli/graph_results.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/duration.h"
#include "cli/describe_jobs.h"
#include "report/words.h"

namespace corun {
namespace {

void take(ListedResult& result, const TimelineJob& job) {
  result.known = true;
  result.state = job.state;
  result.restored = job.restored;
  result.ran = job.attempt_count > 0 && !job.restored;
  result.started = job.started;
  result.time = std::max(Duration(0), job.ended - job.started);
  result.attempts = job.attempt_count;
  result.reason = job.reason;
}

// The one of the items that tells most: the first that failed.
const TimelineJob& worst(const std::vector<const TimelineJob*>& items) {
  const auto failed = std::find_if(items.begin(), items.end(), [](const TimelineJob* item) { return is_failure(*item); });
  return failed == items.end() ? *items.front() : **failed;
}

}  // namespace

std::vector<ListedResult> results_of(const JobListing& listing, const RunTimeline& timeline) {
  std::unordered_map<std::string, const TimelineJob*> jobs;
  std::unordered_map<std::string, const TimelineJob*> callbacks;
  std::unordered_map<std::string, std::vector<const TimelineJob*>> items;
  for (const TimelineJob& job : timeline.jobs) {
    (job.is_callback ? callbacks : jobs).emplace(job.name, &job);
    if (job.name.find('[') != std::string::npos) items[without_items(job.name)].push_back(&job);
  }
  std::vector<ListedResult> results(listing.jobs.size());
  for (std::size_t i = 0; i < listing.jobs.size(); ++i) {
    const ListedJob& job = listing.jobs[i];
    const auto& known = !job.callback.empty() && job.parent < 0 ? callbacks : jobs;
    const auto found = known.find(job.job->name);
    const auto inside = items.find(job.job->name);
    if (inside != items.end()) {
      for (const TimelineJob* item : inside->second) ++results[i].items[item->state];
    }
    if (found != known.end()) {
      take(results[i], *found->second);
    } else if (inside != items.end()) {
      take(results[i], worst(inside->second));
    }
    results[i].is_on_failing_path = results[i].known && is_failure(results[i].state);
  }
  // In the order of the waves, what was passed on to is behind what passed it on.
  const std::vector<std::uint32_t> waves = waves_of(listing);
  std::vector<std::uint32_t> order(waves.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return waves[a] < waves[b]; });
  for (const std::uint32_t i : order) {
    const ListedResult& to = results[i];
    if (!to.known || (to.state != JobState::skipped && to.state != JobState::cancelled)) continue;
    for (const ListedNeed& need : listing.jobs[i].needs) {
      if (results[need.job].is_on_failing_path && need.when == EdgeCondition::succeeded) results[i].is_on_failing_path = true;
    }
  }
  return results;
}

bool is_failing_edge(const ListedResult& from, const ListedResult& to) {
  return from.is_on_failing_path && to.is_on_failing_path && (to.state == JobState::skipped || to.state == JobState::cancelled);
}

std::string time_words(const ListedResult& result) {
  if (!result.ran) return {};
  return format_elapsed(result.time) + (result.attempts > 1 ? ", " + std::to_string(result.attempts) + " attempts" : "");
}

std::string items_words(const ListedResult& result) {
  std::size_t total = 0;
  std::string words;
  for (const auto& [state, count] : result.items) {
    total += count;
    words += (words.empty() ? "" : ", ") + std::to_string(count) + ' ' + std::string(count_word(state));
  }
  return total == 0 ? words : std::to_string(total) + (total == 1 ? " item: " : " items: ") + words;
}

}  // namespace corun
