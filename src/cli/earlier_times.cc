// How long the jobs of a file took in earlier runs. Knows nothing of what is made of it.
#include "cli/earlier_times.h"

#include <string>
#include <unordered_map>

#include "state/past_runs.h"

namespace corun {
namespace {

constexpr std::size_t kMostRuns = 3;
constexpr std::size_t kMostRows = 20'000;  // of a run

}  // namespace

EarlierTimes earlier_times(Store& store, std::string_view file) {
  EarlierTimes times;
  Database* database = file.empty() ? nullptr : store.database();
  if (database == nullptr) return times;
  try {
    PastRuns runs(*database, store.directory());
    for (const PastRun& run : runs.newest(file, kMostRuns)) {
      for (const auto& [job, time] : runs.times_of(run, kMostRows)) times.by_job.try_emplace(job, time);
      std::unordered_map<std::string, Duration> inside;
      std::unordered_map<std::string, Duration> items;
      for (const auto& [job, time] : runs.times_inside(run, kMostRows)) {
        (job.ends_with(']') ? items : inside)[name_in_file(job)] += time;
      }
      times.inside.merge(inside);  // what a newer run says stays
      times.items.merge(items);
    }
  } catch (const DatabaseError& error) {
    store.report(error);
  }
  return times;
}

}  // namespace corun
