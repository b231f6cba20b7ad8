// The output of jobs in the log of a CI system: each whole at its job's end, folded if that went well. Knows nothing of which CI.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "report/folds.h"
#include "report/output_stream.h"
#include "report/report.h"
#include "report/words.h"

namespace corun {

/// Until a job ends its output waits in its log.
class FoldedOutput final : public Report {
 public:
  /// Both must outlive this. `shows`: output is shown at all; else there are only the marks around everything.
  FoldedOutput(OutputStream& stream, Folds& folds, bool shows) : stream_(stream), folds_(folds), shows_(shows) {}

  void run_start(const RunStart& start) override;
  void job_state(const JobStateChange& change) override;
  void output(const OutputChunk& chunk) override;
  /// The run is over, and all that jobs have said has been told.
  void end();

 private:
  // What stands in a log from an offset on.
  struct Held {
    const OutputLog* log;
    std::uint64_t begin;
  };

  OutputStream& stream_;
  Folds& folds_;
  bool shows_;
  bool begun_ = false;
  WallTimes times_;
  std::unordered_map<std::uint32_t, std::vector<Held>> held_;  // by Job::id
};

}  // namespace corun
