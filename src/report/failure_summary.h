// The end of a run in words: how many ended how, then what failed, its root cause first. Knows nothing of progress.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/counts.h"
#include "report/report.h"
#include "report/style.h"

namespace corun {

/// Gathers what failed while the run goes on, for the words at its end.
class FailureSummary {
 public:
  /// `color`: paint words. `terminal`: output of jobs goes to a terminal, whose colours are put back after it.
  FailureSummary(bool color, bool terminal) : style_(color), terminal_(terminal) {}
  /// For somebody who wasn't there: plain tails, also of what ran when the run's time was over.
  static FailureSummary for_mail() {
    FailureSummary summary(false, false);
    summary.mail_ = true;
    return summary;
  }

  /// Remembers the log that would be shown if the job fails now.
  void output(const OutputChunk& chunk) { logs_[chunk.job.id] = &chunk.log; }
  /// A job's final state; its logs are still there.
  void job_ended(const JobStateChange& change);

  const Counts& counts() const { return counts_; }
  /// How many have failed; what is inside of others isn't counted.
  std::size_t failures() const;
  /// The first that failed and why, in one line; "" if none has.
  std::string root_cause() const {
    return failed_.empty() ? std::string() : failed_.front().name + ": " + failed_.front().reason;
  }
  /// The first that failed, or was ended as the run's time was over; "" if there is none.
  std::string first_name() const;
  /// What ran when the run's time was over: the first, and how many more; "" if nothing did.
  std::string overdue() const;
  /// What failed, earliest first, so the root cause comes before what it caused; then what never ran. "" if nothing failed
  /// and nothing was stopped.
  std::string text(const RunEnd& end) const;

 private:
  // A job's end, as it is told in the end: the job itself may be gone by then.
  struct Ended {
    std::string name;
    JobState state;
    std::string reason;
    std::string tail;
    std::string log_path;
  };
  void forget_inside(const Job& job);
  void note_stopped(const Job& job, Ended ended, bool overdue);
  std::string tail_of(const OutputLog& log) const;
  void append_failure(std::string& text, const Ended& ended) const;
  void append_stopped(std::string& text) const;

  Style style_;
  bool terminal_;
  bool mail_ = false;
  Counts counts_;
  std::unordered_map<std::uint32_t, const OutputLog*> logs_;  // of jobs that run, by id
  std::vector<Ended> failed_;                                 // in the order of their ends
  std::size_t more_failed_ = 0;                               // that aren't kept
  std::vector<Ended> stopped_;                                // cancelled or skipped, the same
  std::size_t more_stopped_ = 0;
  std::vector<Ended> overdue_;  // for a mail: cancelled in the middle by the run's timeout, the same
  std::size_t more_overdue_ = 0;
};

}  // namespace corun
