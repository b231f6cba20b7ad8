// Writes down what happens in a run, for the documents that are made of it in the end. Knows nothing of these documents.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/clock.h"
#include "report/report.h"
#include "report/run_timeline.h"

namespace corun {

/// Keeps all jobs and attempts in memory, and the ends of their outputs as far as these come to a bounded sum. What is in the job
/// file anyway (needs, descriptions, places) isn't in it.
class TimelineRecorder final : public Report {
 public:
  /// `clock` dates what is told without a time; null: by what was told last.
  explicit TimelineRecorder(const Clock* clock = nullptr) : clock_(clock) {}

  void run_start(const RunStart& start) override;
  void job_state(const JobStateChange& change) override;
  void attempt_start(const AttemptStart& attempt) override;
  void attempt_end(const AttemptEnd& attempt) override;
  void output(const OutputChunk& chunk) override;
  void retry_wait(const RetryWait& wait) override;
  void callback_end(const CallbackEnd& callback) override;
  void breaker(const BreakerChange& change) override;
  void warning(std::string_view message) override;
  void stopping(CancelReason reason, std::size_t jobs_running) override;
  void not_run(const NotRun& end) override;
  void run_end(const RunEnd& end) override;

  /// Complete once the run has ended.
  const RunTimeline& timeline() const { return timeline_; }
  RunTimeline& timeline() { return timeline_; }

 private:
  // A job that hasn't ended.
  struct Open {
    std::size_t index = 0;            // in the timeline
    const OutputLog* log = nullptr;   // until it has ended
    std::uint64_t attempt_begin = 0;  // in the log
  };
  Open& open(const Job& job);
  Open& add(const Job& job);
  void end(TimelineJob& entry, const Open& open, const JobResult& result);
  std::string kept(const OutputLog& log, std::uint64_t begin, std::uint64_t end, std::size_t most);
  void add_event(std::string text);
  Duration since_start(TimePoint time) const { return time - start_; }

  const Clock* clock_;
  RunTimeline timeline_;
  TimePoint start_{};
  TimePoint now_{};                               // of what was told last
  std::unordered_map<std::uint32_t, Open> open_;  // by Job::id, which items give back
  std::size_t kept_bytes_ = 0;
};

}  // namespace corun
