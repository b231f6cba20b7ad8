// Log lines for people who debug a run: `TIME LEVEL run=… job=… event=… key=value`. Knows nothing of progress or job output.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "report/output_stream.h"
#include "report/report.h"

namespace corun {

/// Writes a line for every end, retry, breaker change and warning; with `debug` also for what starts and changes.
class LogLines final : public Report {
 public:
  /// Both must outlive the report; `clock` is for what is told without its time.
  LogLines(OutputStream& err, const Clock& clock, bool debug);
  ~LogLines() override;

  void run_start(const RunStart& start) override;
  void job_state(const JobStateChange& change) override;
  void attempt_start(const AttemptStart& attempt) override;
  void attempt_end(const AttemptEnd& attempt) override;
  void retry_wait(const RetryWait& wait) override;
  void breaker(const BreakerChange& change) override;
  void lock(const LockChange& change) override;
  void not_run(const NotRun& end) override;
  void warning(std::string_view message) override;
  void note(const Job& job, std::string_view message) override;
  void stopping(CancelReason reason, std::size_t jobs_running) override;
  void run_end(const RunEnd& end) override;
  void flush() override;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace corun
