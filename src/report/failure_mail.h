// A run that has failed, as somebody wants to read it who wasn't there: the verdict first. Knows nothing of where it is sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/failure_summary.h"
#include "report/output_stream.h"
#include "report/report.h"
#include "report/words.h"

namespace corun {

/// What is told besides the run itself.
struct MailSettings {
  std::string host;
  std::string user;  ///< whose run it is; "": nobody knows
  std::string file;  ///< the job file, with its whole path
};

/// Writes nothing of a run that succeeds.
class FailureMail final : public Report {
 public:
  /// `out` is written to at the end; null: the text is only kept. It must outlive the mail.
  FailureMail(OutputStream* out, MailSettings settings)
      : out_(out), settings_(std::move(settings)), summary_(FailureSummary::for_mail()) {}

  void run_start(const RunStart& start) override;
  void output(const OutputChunk& chunk) override { summary_.output(chunk); }
  void job_state(const JobStateChange& change) override {
    if (is_final(change.result.state)) summary_.job_ended(change);
  }
  void warning(std::string_view message) override;
  void run_end(const RunEnd& end) override;

  /// The text, once the run has ended; "" if it succeeded.
  const std::string& text() const { return text_; }

 private:
  std::string verdict(const RunEnd& end) const;

  OutputStream* out_;
  MailSettings settings_;
  FailureSummary summary_;
  std::string run_;
  std::string name_;
  WallTime started_{};
  std::vector<std::string> warnings_;
  std::size_t more_warnings_ = 0;
  std::string text_;
};

}  // namespace corun
