// The event stream for programs: one JSON object a line, as things happen. Knows nothing of people.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "report/counts.h"
#include "report/event_file.h"
#include "report/json_object.h"
#include "report/output_stream.h"
#include "report/report.h"
#include "report/words.h"

namespace corun {

/// Writes `{"v":1,"seq":n,"ts":…,"run":…,"type":…}` and the event's own fields. Durations are seconds. Fields are only ever
/// added. Bytes of output that aren't UTF-8 become U+FFFD; a character cut by a chunk's end comes with the next one.
class NdjsonReport final : public Report {
 public:
  /// Both must outlive the report; `clock` is for what is told without its time.
  NdjsonReport(OutputStream& out, const Clock& clock) : out_(&out), clock_(clock) {}
  /// Writes to files only.
  explicit NdjsonReport(const Clock& clock) : clock_(clock) {}

  /// Writes the same bytes to `file`, which must outlive the report.
  void copy_to(EventFile& file) { files_.push_back(&file); }

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

 private:
  JsonObject begin(std::string_view type, TimePoint time);
  void write(JsonObject& event);
  void before_run(std::string_view run, TimePoint time);
  void output_event(std::string_view job, Stream stream, std::string_view text, std::uint32_t attempt, TimePoint time);
  void end_output(const Job& job, TimePoint time);

  OutputStream* out_ = nullptr;  // null: none
  std::vector<EventFile*> files_;
  const Clock& clock_;
  std::string run_;
  WallTimes times_;
  Counts counts_;
  std::uint64_t sequence_ = 0;
  std::string line_;
  std::unordered_map<std::uint64_t, std::string> cut_;  // first bytes of a character, by job and stream
};

}  // namespace corun
