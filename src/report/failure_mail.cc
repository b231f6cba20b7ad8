// A failed run in words for a mail. Knows nothing of where it is sent.
#include "report/failure_mail.h"

#include "base/duration.h"
#include "base/text.h"
#include "report/plain_text.h"

namespace corun {
namespace {

constexpr std::size_t kMostWarnings = 10;

std::string row(std::string_view name, std::string_view value) {
  return std::string(name) + std::string(9 - name.size(), ' ') + plain_text(value) + '\n';
}

}  // namespace

void FailureMail::run_start(const RunStart& start) {
  run_ = start.run_id;
  name_ = start.file.name;
  started_ = start.wall_time;
}

std::string FailureMail::verdict(const RunEnd& end) const {
  std::string words = name_;
  switch (end.stopped) {
    case CancelReason::run_timeout: words += " timed out"; break;
    case CancelReason::interrupted:
    case CancelReason::terminated: words += " was stopped"; break;
    default: words += " failed"; break;
  }
  words += " on " + settings_.host + " after " + format_elapsed(end.elapsed);
  const std::string overdue = end.stopped == CancelReason::run_timeout ? summary_.overdue() : std::string();
  const std::string cause = overdue.empty() ? summary_.root_cause() : overdue;
  if (!cause.empty()) words += ": " + cause;
  const std::size_t failures = summary_.failures();
  if (!overdue.empty() && failures > 0) words += " (and " + std::to_string(failures) + " failed)";
  if (overdue.empty() && failures > 1) words += " (and " + std::to_string(failures - 1) + " more)";
  return words;
}

void FailureMail::warning(std::string_view message) {
  if (warnings_.size() < kMostWarnings) {
    warnings_.emplace_back(message);
  } else {
    ++more_warnings_;
  }
}

void FailureMail::run_end(const RunEnd& end) {
  if (end.exit_code == 0) return;
  std::string text = plain_text(verdict(end)) + "\n\n";
  text += row("file", settings_.file) + row("host", settings_.host);
  if (!settings_.user.empty()) text += row("user", settings_.user);
  text += row("run", run_) + row("started", format_wall_time(started_)) + row("jobs", summary_.counts().line(end.elapsed));
  text += row("exit", std::to_string(end.exit_code));
  if (const std::string failures = summary_.text(end); !failures.empty()) text += '\n' + plain_text(failures);
  if (!warnings_.empty()) text += '\n';
  for (const std::string& warning : warnings_) text += "warning: " + plain_text(warning) + '\n';
  if (more_warnings_ > 0) text += "… and " + std::to_string(more_warnings_) + " more warnings\n";
  std::string advice;
  if (!end.resume.empty()) advice += "resume with: " + std::string(end.resume) + '\n';
  if (!end.logs.empty()) {
    const std::string job = summary_.first_name();
    advice += "all output of a job: " + std::string(end.logs) + ' ' + (job.empty() ? "JOB" : shell_quote(job)) + '\n';
  }
  if (!advice.empty()) text += '\n' + plain_text(advice);
  text_ = folded(text);
  if (out_ == nullptr) return;
  out_->start_line();
  out_->append(text_);
}

}  // namespace corun
