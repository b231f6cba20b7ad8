// How long the jobs of a file took in earlier runs. Knows nothing of what is made of it.
#include "cli/earlier_times.h"

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
    }
  } catch (const DatabaseError& error) {
    store.report(error);
  }
  return times;
}

}  // namespace corun
