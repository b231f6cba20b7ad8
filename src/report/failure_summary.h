// The end of a run in words: how many ended how, then what failed, its root cause first. Knows nothing of progress.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/counts.h"
#include "report/job_tree.h"
#include "report/report.h"
#include "report/style.h"

namespace corun {

/// Gathers what failed while the run goes on, for the words at its end.
class FailureSummary {
 public:
  /// `color`: paint words. `terminal`: output of jobs goes to a terminal, whose colours are put back after it.
  FailureSummary(bool color, bool terminal) : style_(color), terminal_(terminal) {}

  void run_start(const RunStart& start);
  /// Remembers the log that would be shown if the job fails now.
  void output(const OutputChunk& chunk) { logs_[chunk.job.id] = &chunk.log; }
  /// A job's final state; its logs are still there.
  void job_ended(const JobStateChange& change);

  const Counts& counts() const { return counts_; }
  /// What failed, earliest first, so the root cause comes before what it caused; then what never ran. "" if nothing failed
  /// and nothing was stopped.
  std::string text(const RunEnd& end) const;

 private:
  struct Ended {
    const Job* job;
    std::string tail;
    std::string log_path;
  };
  bool counts_as_failed(const Ended& ended, const std::vector<JobResult>& results) const;
  void append_failure(std::string& text, const Ended& ended, const JobResult& result) const;
  void append_stopped(std::string& text, const std::vector<JobResult>& results) const;

  Style style_;
  bool terminal_;
  JobTree tree_;
  Counts counts_;
  std::unordered_map<std::uint32_t, const OutputLog*> logs_;  // of jobs that run, by id
  std::vector<Ended> failed_;                                 // in the order of their ends
  std::vector<const Job*> stopped_;                           // cancelled or skipped, the same
};

}  // namespace corun
