// The jobs of a past run that have left no end. Knows nothing of the documents made of them.
#include "cli/open_jobs.h"

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "graph/groups.h"

namespace corun {
namespace {

class OpenJobs {
 public:
  OpenJobs(RunTimeline& timeline, PastLogs& logs, const PastRun& run, bool all)
      : timeline_(timeline), logs_(logs), run_(run), all_(all), was_killed_(timeline.verdict == "killed") {
    for (const TimelineJob& job : timeline.jobs) ended_.insert(job.name);
  }

  void add(const JobGroup& group, bool is_top) {
    for (const Job& job : group.jobs) {
      const std::size_t place = timeline_.jobs.size();
      const bool begun = add(job, is_top);
      for_each_group(job, [&](const JobGroup& inside) { add(inside, false); });
      // What has something in it that began has begun.
      if (!begun && is_top && timeline_.jobs.size() > place + 1) mark(timeline_.jobs[place]);
    }
  }

 private:
  bool add(const Job& job, bool is_top) {
    if (ended_.contains(job.name)) return true;
    const std::optional<PastJob> past = logs_.find_begun(run_, job.name);
    const bool begun = past.has_value();
    if (!begun && !(is_top && all_)) return false;
    TimelineJob entry;
    entry.name = job.name;
    entry.reason = was_killed_ ? "it had no end when the run was killed" : "it has no end yet";
    if (begun) {
      entry.log = logs_.path_of(*past);
      mark(entry);
    }
    timeline_.jobs.push_back(std::move(entry));
    return begun;
  }

  void mark(TimelineJob& entry) const {
    if (!was_killed_) {
      entry.reason = "it runs";
      return;
    }
    entry.state = JobState::running;
    entry.kind = FailureKind::cancelled;
    entry.reason = "it ran when the run was killed";
  }

  RunTimeline& timeline_;
  PastLogs& logs_;
  const PastRun& run_;
  bool all_;
  bool was_killed_;
  std::unordered_set<std::string> ended_;
};

}  // namespace

void add_open_jobs(RunTimeline& timeline, PastLogs& logs, const PastRun& run, const JobFile& file) {
  OpenJobs(timeline, logs, run, run.jobs == file.top.jobs.size()).add(file.top, true);
}

}  // namespace corun
