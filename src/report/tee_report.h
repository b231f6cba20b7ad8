// Several reports as one. Knows nothing of any of them.
#pragma once

#include <utility>
#include <vector>

#include "report/report.h"

namespace corun {

/// Tells each of its reports everything, in their order.
class TeeReport final : public Report {
 public:
  /// The reports must outlive this one.
  explicit TeeReport(std::vector<Report*> reports) : reports_(std::move(reports)) {}

  void run_start(const RunStart& start) override { for_each(&Report::run_start, start); }
  void job_state(const JobStateChange& change) override { for_each(&Report::job_state, change); }
  void attempt_start(const AttemptStart& attempt) override { for_each(&Report::attempt_start, attempt); }
  void attempt_end(const AttemptEnd& attempt) override { for_each(&Report::attempt_end, attempt); }
  void output(const OutputChunk& chunk) override { for_each(&Report::output, chunk); }
  void retry_wait(const RetryWait& wait) override { for_each(&Report::retry_wait, wait); }
  void callback_end(const CallbackEnd& callback) override { for_each(&Report::callback_end, callback); }
  void breaker(const BreakerChange& change) override { for_each(&Report::breaker, change); }
  void lock(const LockChange& change) override { for_each(&Report::lock, change); }
  void not_run(const NotRun& end) override { for_each(&Report::not_run, end); }
  void warning(std::string_view message) override { for_each(&Report::warning, message); }
  void note(const Job& job, std::string_view message) override {
    for (Report* report : reports_) report->note(job, message);
  }
  void stopping(CancelReason reason, std::size_t running) override { for_each(&Report::stopping, reason, running); }
  void run_end(const RunEnd& end) override { for_each(&Report::run_end, end); }
  void flush() override { for_each(&Report::flush); }

 private:
  template <typename Method, typename... Arguments>
  void for_each(Method method, const Arguments&... arguments) {
    for (Report* report : reports_) (report->*method)(arguments...);
  }

  std::vector<Report*> reports_;
};

}  // namespace corun
