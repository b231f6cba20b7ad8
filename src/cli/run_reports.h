// The reports of a run as the command line wants them, on standard output and standard error. Knows nothing of the engine.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "cli/arguments.h"
#include "cli/ci_run.h"
#include "cli/root_failure.h"
#include "cli/run_trace.h"
#include "report/console.h"
#include "report/event_file.h"
#include "report/failure_mail.h"
#include "report/output_stream.h"
#include "report/prometheus.h"
#include "report/report.h"
#include "report/timeline_recorder.h"

namespace corun {

/// Owns the streams and everything that writes to them.
class RunReports {
 public:
  /// All must outlive them. A reader of standard output or error that is slow doesn't hold them; where too much waits for it,
  /// it does until `interrupt` is readable. `wants_failure`: `failure` will be asked for.
  RunReports(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable, const Clock& clock, int interrupt,
             bool wants_failure);

  Report& report() { return *report_; }
  RunTrace& trace() { return trace_; }
  const ItemFailures& item_failures() const { return item_failures_; }
  Console& console() { return console_; }
  /// Standard output and standard error; they may be the same.
  std::array<OutputQueue*, 2> queues() { return {&out_.queue(), &err_.queue()}; }
  /// Whether standard output carries something else than job output.
  bool data_on_stdout() const { return data_ != nullptr; }
  /// What there is to say of a run that has failed; "" of others, or if nobody wants to know.
  const std::string& failure() const { return mail_ ? mail_->text() : none_; }
  /// Writes the files of `--report`, in which `file` is the job file; whether they could be.
  bool write_files(const JobFile& file);
  /// Says on standard error why standard output couldn't be written, if so; whether it could. Flushes.
  bool finish();

 private:
  const Arguments& arguments_;
  RunTrace trace_;
  const std::string none_;
  OutputStream out_;
  OutputStream err_;
  std::unique_ptr<CiRun> ci_;  // null: none
  Console console_;
  std::unique_ptr<Report> data_;  // what standard output carries instead of job output
  std::unique_ptr<Report> events_;
  std::unique_ptr<Report> log_lines_;
  std::vector<std::unique_ptr<EventFile>> event_files_;  // of --report ndjson=, in their order
  std::unique_ptr<FailureMail> mail_;
  std::unique_ptr<PrometheusReport> metrics_;
  std::unique_ptr<TimelineRecorder> recorder_;
  ItemFailures item_failures_;
  std::unique_ptr<Report> report_;  // all of them as one
};

}  // namespace corun
