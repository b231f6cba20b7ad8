// Sums up earlier times of jobs. Knows nothing of who wants to know.
#include "cli/usual_times.h"

#include <vector>

#include "cli/describe_jobs.h"
#include "graph/groups.h"
#include "graph/idempotency.h"
#include "policy/hedge.h"
#include "state/past_times.h"

namespace corun {
namespace {

constexpr std::size_t kMostRuns = 100;
constexpr std::size_t kMostRows = 20'000;
constexpr std::size_t kMostTimes = 200;  // of a job

// Earlier times of a job.
struct Known {
  bool by_items = false;  // it is a foreach: its items are what counts
  std::vector<Duration> times;
};
using Times = std::unordered_map<std::string, Known>;

void add_jobs(const JobFile& file, Times& times);

void add_jobs(const JobGroup& group, Times& times) {
  for (const Job& job : group.jobs) {
    const HedgeSettings* hedge = hedge_of(job);
    if (hedge != nullptr && !hedge->after) times[job.name].by_items = job.flow && job.flow->foreach;
    if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action)) {
      add_jobs(*(*graph)->file, times);
    } else {
      for_each_group(job.action, [&](const JobGroup& inside) { add_jobs(inside, times); });
    }
  }
}

void add_jobs(const JobFile& file, Times& times) {
  for_each_group_of_file(file, [&](const JobGroup& group) { add_jobs(group, times); });
}

}  // namespace

bool wants_usual_times(const JobFile& file) {
  Times times;
  add_jobs(file, times);
  return !times.empty();
}

UsualTimes usual_times(Database* database, std::string_view path, const JobFile& file) {
  UsualTimes usual;
  usual.has_state = database != nullptr;
  Times times;
  add_jobs(file, times);
  if (times.empty()) return usual;
  std::size_t wanting = times.size();
  const TakeTime take = [&](std::string_view job, Duration took) {
    const auto known = times.find(without_items(job));
    if (known == times.end() || (known->second.by_items && known->first == job)) return true;
    std::vector<Duration>& list = known->second.times;
    if (list.size() >= kMostTimes) return true;
    list.push_back(took);
    if (list.size() == kMostTimes) --wanting;
    return wanting > 0;
  };
  if (database != nullptr) take_past_times(*database, path, kMostRuns, kMostRows, take);
  for (auto& [job, known] : times) usual.by_job[job] = UsualTime{known.times.size(), p95(known.times)};
  return usual;
}

}  // namespace corun
