// What runs at the moment. Knows nothing of where it is shown.
#include "report/running_jobs.h"

#include <algorithm>

#include "base/duration.h"
#include "graph/groups.h"
#include "report/words.h"

namespace corun {
namespace {

bool has_items(const Job& job) {
  const Job& written = job.written();
  return job.siblings == 0 && written.flow != nullptr && written.flow->foreach != nullptr;
}

}  // namespace

void RunningJobs::job_state(const JobStateChange& change) {
  if (change.result.state == JobState::ready) {
    waiting_.try_emplace(change.job.id, Waiting{&change.job, change.time});
    note_item(change.job, false);
    return;
  }
  waiting_.erase(change.job.id);
  if (change.result.state == JobState::running && has_items(change.job)) {
    items_.try_emplace(change.job.id, Items{&change.job, change.time});
  }
  if (!is_final(change.result.state)) return;
  jobs_.erase(change.job.id);
  items_.erase(change.job.id);
  note_item(change.job, true);
}

void RunningJobs::note_item(const Job& job, bool has_ended) {
  if (job.siblings == 0) return;
  const auto entry = items_.find(job.parent);
  if (entry == items_.end()) return;
  entry->second.total = job.siblings;
  entry->second.ended += has_ended ? 1U : 0U;
}

void RunningJobs::attempt_start(const AttemptStart& attempt) {
  if (has_groups(attempt.job)) return;
  const auto entry = jobs_.try_emplace(attempt.job.id, Running{&attempt.job, attempt.time}).first;
  entry->second.attempt = attempt.attempt;
  entry->second.at_once = attempt.beside ? entry->second.at_once + 1 : 1;
  entry->second.next_try = {};
}

void RunningJobs::attempt_end(const AttemptEnd& attempt) {
  const auto entry = jobs_.find(attempt.job.id);
  if (entry != jobs_.end() && entry->second.at_once > 0) --entry->second.at_once;
}

std::string RunningJobs::attempt_words(const Running& running) {
  std::string words = corun::attempt_words(*running.job, running.attempt);
  if (running.at_once > 1) words += ", " + std::to_string(running.at_once) + " at once";
  return words;
}

void RunningJobs::retry_wait(const RetryWait& wait) {
  const auto entry = jobs_.find(wait.job.id);
  if (entry == jobs_.end()) return;
  entry->second.next_try = wait.time + wait.delay;
  entry->second.why = reason_of(wait.outcome);
}

void RunningJobs::breaker(const BreakerChange& change) {
  open_breakers_.erase(std::string(change.breaker));
  if (change.to != "closed") open_breakers_[std::string(change.breaker)] = change.time + change.open_for;
}

std::vector<const RunningJobs::Running*> RunningJobs::longest(std::size_t most) const {
  std::vector<const Running*> order;
  for (const auto& [id, running] : jobs_) order.push_back(&running);
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(most, order.size()));
  std::partial_sort(order.begin(), middle, order.end(), [](const Running* a, const Running* b) {
    return a->since != b->since ? a->since < b->since : a->job->id < b->job->id;
  });
  order.erase(middle, order.end());
  return order;
}

std::size_t RunningJobs::retrying(TimePoint now) const {
  std::size_t count = 0;
  for (const auto& [id, running] : jobs_) count += running.next_try > now ? 1U : 0U;
  return count;
}

std::optional<TimePoint> RunningJobs::next_try(TimePoint now) const {
  std::optional<TimePoint> first;
  for (const auto& [id, running] : jobs_) {
    if (running.next_try > now && (!first || running.next_try < *first)) first = running.next_try;
  }
  return first;
}

std::vector<std::string> RunningJobs::lines(TimePoint now, std::size_t most) const {
  std::vector<std::string> lines;
  for (const Running* running : longest(most)) {
    std::string line = running->job->name + ": " + format_elapsed(now - running->since);
    if (const std::string words = attempt_words(*running); !words.empty()) line += ", " + words;
    if (running->next_try > now) line += ", next try in " + format_elapsed(running->next_try - now);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<const RunningJobs::Items*> RunningJobs::with_items(std::size_t most) const {
  std::vector<const Items*> order;
  for (const auto& [id, items] : items_) {
    if (items.total > 0) order.push_back(&items);
  }
  std::sort(order.begin(), order.end(),
            [](const Items* a, const Items* b) { return a->since != b->since ? a->since < b->since : a->job->id < b->job->id; });
  order.resize(std::min(order.size(), most));
  return order;
}

std::vector<std::string> RunningJobs::item_lines(TimePoint now, std::size_t most) const {
  std::vector<std::string> lines;
  for (const Items* items : with_items(most)) {
    lines.push_back(items->job->name + ": " + format_elapsed(now - items->since) + ", " + item_words(items->ended, items->total));
  }
  return lines;
}

// What `job` may wait for: its limits, and a slot of its kind.
std::string RunningJobs::awaited(const Job& job) const {
  std::string words;
  const auto add = [&words](std::string_view name) { (words += words.empty() ? " for " : " or ") += name; };
  if (job.policies) {
    for (const std::uint32_t limit : job.policies->limits) add("limit " + file_->limits[limit].name);
  }
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(job.written().action)) add("a process slot");
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(job.written().action)) add("a request slot");
  return words;
}

std::vector<std::string> RunningJobs::waiting_lines(TimePoint now, std::size_t most) const {
  std::vector<const Waiting*> order;
  for (const auto& [id, waiting] : waiting_) order.push_back(&waiting);
  std::sort(order.begin(), order.end(), [](const Waiting* a, const Waiting* b) {
    return a->since != b->since ? a->since < b->since : a->job->id < b->job->id;
  });
  order.resize(std::min(order.size(), most));
  std::vector<std::string> lines;
  for (const Waiting* waiting : order) {
    lines.push_back(waiting->job->name + ": waiting " + format_elapsed(now - waiting->since) + awaited(*waiting->job));
  }
  return lines;
}

std::vector<std::string> RunningJobs::breaker_lines(TimePoint now) const {
  std::vector<std::string> lines;
  for (const auto& [name, until] : open_breakers_) {
    lines.push_back("breaker " + name + ": " + (until > now ? "open for another " + format_elapsed(until - now) : "half-open"));
  }
  return lines;
}

}  // namespace corun
