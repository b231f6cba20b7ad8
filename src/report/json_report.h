// One JSON document about the whole run, written at its end. Knows nothing of people.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "report/counts.h"
#include "report/output_stream.h"
#include "report/report.h"
#include "report/words.h"

namespace corun {

/// Writes run id, file, times, exit code and every job's result, those inside groups included. Durations are seconds.
class JsonReport final : public Report {
 public:
  /// `out` must outlive the report.
  explicit JsonReport(OutputStream& out) : out_(out) {}

  void run_start(const RunStart& start) override;
  void job_state(const JobStateChange& change) override;
  void output(const OutputChunk& chunk) override { logs_[chunk.job.id] = &chunk.log; }
  void not_run(const NotRun& end) override;
  void run_end(const RunEnd& end) override;
  void flush() override { out_.offer(); }

 private:
  OutputStream& out_;
  std::string run_;
  const JobFile* file_ = nullptr;
  std::vector<const Job*> jobs_;
  WallTimes times_;
  TimePoint started_{};
  Counts counts_;
  std::vector<bool> ended_;                                   // by id; the others were left out
  std::unordered_map<std::uint32_t, const OutputLog*> logs_;  // of jobs that run
  std::unordered_map<std::uint32_t, Counts> items_;           // of a foreach, by its id
  std::unordered_map<std::uint32_t, std::string> log_paths_;  // of jobs that have ended
};

}  // namespace corun
