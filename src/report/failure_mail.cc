// A failed run in words for a mail. Knows nothing of where it is sent.
#include "report/failure_mail.h"

#include "base/duration.h"
#include "base/text.h"

namespace corun {
namespace {

constexpr char kEscape = '\x1b';

// Where the sequence that begins at `at` ends.
std::size_t end_of_sequence(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return text.size();
  const char kind = text[at + 1];
  std::size_t end = at + 2;
  if (kind == '[') {
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
    return std::min(text.size(), end + 1);
  }
  if (kind == ']') {  // ends with BEL or ESC backslash, or it isn't one
    while (end < text.size() && text[end] != '\a' && text[end] != kEscape && text[end] != '\n') ++end;
    if (end < text.size() && text[end] == kEscape) ++end;
    return std::min(text.size(), end + 1);
  }
  return end;
}

std::string row(std::string_view name, std::string_view value) {
  return std::string(name) + std::string(9 - name.size(), ' ') + plain_text(value) + '\n';
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == kEscape) {
      at = end_of_sequence(text, at);
    } else if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
      ++at;
    } else {
      plain += text[at++];
    }
  }
  return escape_control(plain);
}

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
  if (const std::string cause = summary_.root_cause(); !cause.empty()) words += ": " + cause;
  const std::size_t failures = summary_.failures();
  if (failures > 1) words += " (and " + std::to_string(failures - 1) + " more)";
  return words;
}

void FailureMail::run_end(const RunEnd& end) {
  if (end.exit_code == 0) return;
  text_ = plain_text(verdict(end)) + "\n\n";
  text_ += row("file", settings_.file) + row("host", settings_.host) + row("run", run_);
  text_ += row("started", format_wall_time(started_)) + row("jobs", summary_.counts().line(end.elapsed));
  text_ += row("exit", std::to_string(end.exit_code));
  if (const std::string failures = summary_.text(end); !failures.empty()) text_ += '\n' + plain_text(failures);
  std::string advice;
  if (!end.resume.empty()) advice += "resume with: " + std::string(end.resume) + '\n';
  if (!settings_.logs_command.empty()) advice += "all output of a job: " + settings_.logs_command + " JOB\n";
  if (!advice.empty()) text_ += '\n' + advice;
  if (out_ == nullptr) return;
  out_->start_line();
  out_->append(text_);
}

}  // namespace corun
