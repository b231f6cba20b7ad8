// The run's metrics for the textfile collector of Prometheus' node exporter. Knows nothing of files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/counts.h"
#include "report/report.h"
#include "report/words.h"

namespace corun {

/// Gathers the metrics of a run.
class PrometheusReport final : public Report {
 public:
  void run_start(const RunStart& start) override;
  void job_state(const JobStateChange& change) override;
  void run_end(const RunEnd& end) override;

  /// The metrics, once the run has ended; "" before. `earlier`: those of an earlier run, which may know of the last success.
  std::string text(std::string_view earlier) const;

 private:
  std::string label() const;

  std::string name_;
  std::vector<const Job*> jobs_;
  std::vector<bool> ended_;
  WallTimes times_;
  Counts counts_;
  std::uint64_t attempts_ = 0;
  double end_time_ = 0;
  double elapsed_ = 0;
  int exit_code_ = 0;
  std::string job_lines_;
  bool over_ = false;
};

/// A value of a label, with its quotes.
std::string prometheus_quoted(std::string_view value);

}  // namespace corun
