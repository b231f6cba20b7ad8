// What people see of a run: a line per ended job, the jobs' output, what failed at the end. Knows nothing of the event loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "report/failure_summary.h"
#include "report/live_display.h"
#include "report/output_order.h"
#include "report/output_stream.h"
#include "report/report.h"
#include "report/running_jobs.h"

namespace corun {

/// How much is said, and to what kind of reader.
struct ConsoleSettings {
  int quiet = 0;         ///< 0: all; 1 (-q): failures only; 2 (-qq): only the summary of failures at the end; 3: nothing
  bool progress = true;  ///< a line an ended job, and what runs every minute
  LogOrder log_order = LogOrder::live;
  bool output_color = false;    ///< of what is added to jobs' output
  bool job_output = true;       ///< jobs' output goes to standard output; else that carries data
  bool color = false;           ///< of progress and summary
  bool terminal = false;        ///< progress is read on a terminal: its columns are aligned
  const Clock* live = nullptr;  ///< for the live view; null: there is none
  bool output_piped = false;    ///< who reads job output may show it on the same terminal
};

/// Progress on standard error, job output on standard output; with a live view below, where that is wanted.
class Console final : public Report {
 public:
  /// Both streams must outlive the console.
  Console(OutputStream& out, OutputStream& err, ConsoleSettings settings);

  void run_start(const RunStart& start) override;
  void job_state(const JobStateChange& change) override;
  void attempt_start(const AttemptStart& attempt) override;
  void attempt_end(const AttemptEnd& attempt) override;
  void output(const OutputChunk& chunk) override;
  void retry_wait(const RetryWait& wait) override;
  void breaker(const BreakerChange& change) override;
  void lock(const LockChange& change) override;
  void not_run(const NotRun& end) override;
  void warning(std::string_view message) override;
  void stopping(CancelReason reason, std::size_t jobs_running) override;
  void run_end(const RunEnd& end) override;
  void flush() override;

  /// Says what still runs, in one line, unless quiet; called every minute.
  void tick(TimePoint now);
  /// Says that what still runs is killed now, without grace.
  void killing();
  /// Says what runs and what waits, a line a job, and which breakers are open, however quiet.
  void show_running(TimePoint now);
  /// The live view; null: there is none.
  LiveDisplay* live_display() { return display_.get(); }
  /// What earlier runs let expect; before the run starts.
  void expect(EarlierTimes earlier) { earlier_ = std::move(earlier); }

 private:
  void touch();
  void say(std::string_view line);
  std::string progress() const;
  void job_ended(const JobStateChange& change);

  OutputStream& out_;
  OutputStream& err_;
  ConsoleSettings settings_;
  Style style_;
  std::unique_ptr<OutputOrder> output_;
  FailureSummary summary_;
  RunningJobs running_;
  TimePoint started_{};
  std::size_t total_ = 0;
  std::size_t ended_ = 0;        // top-level jobs
  std::size_t unran_lines_ = 0;  // of jobs that never ran, since the last flush
  std::unique_ptr<LiveDisplay> display_;
  EarlierTimes earlier_;
};

}  // namespace corun
