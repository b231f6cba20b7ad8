// Makes the reports of a run. Knows nothing of the engine.
#include "cli/run_reports.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/whole_file.h"
#include "cli/describe_jobs.h"
#include "cli/exit_code.h"
#include "cli/live_terminal.h"
#include "cli/machine.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "report/documents.h"
#include "report/json_report.h"
#include "report/log_lines.h"
#include "report/ndjson.h"
#include "report/tee_report.h"

namespace corun {
namespace {

ConsoleSettings console_settings(const Arguments& arguments, const GetVariable& variable, const Clock& clock, bool in_ci) {
  ConsoleSettings settings;
  settings.quiet = arguments.quiet;
  settings.job_output = arguments.output == OutputFormat::text && !in_ci;
  settings.terminal = ::isatty(STDERR_FILENO) == 1;
  settings.color = wants_color(arguments.color, settings.terminal, variable);
  settings.output_color = wants_color(arguments.color, ::isatty(STDOUT_FILENO) == 1, variable);
  settings.log_order = arguments.log_order;
  settings.progress = arguments.progress != ProgressChoice::none;
  if (wants_live_view(arguments, variable)) settings.live = &clock;
  struct stat status {};
  settings.output_piped = ::fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode);
  if (arguments.cron) {  // the mail says it all
    settings.quiet = 3;
    settings.color = false;
  }
  return settings;
}

std::unique_ptr<EventFile> open_event_file(const ReportFile& report) {
  auto file = std::make_unique<EventFile>(report.path);
  if (file->error() == 0) return file;
  const std::string why = file->error() == EINVAL ? "it isn't a file" : std::strerror(file->error());
  throw SetupError(kExitCantWrite, "the report " + report.path + " can't be written: " + why);
}

// Hours later it would be too late.
void check_can_write(const ReportFile& file) {
  const std::filesystem::path directory = std::filesystem::path(file.path).parent_path();
  if (::access(directory.empty() ? "." : directory.c_str(), W_OK | X_OK) == 0) return;
  throw SetupError(kExitCantWrite, "the report " + file.path + " can't be written: " + std::strerror(errno));
}

}  // namespace

RunReports::RunReports(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable, const Clock& clock,
                       int interrupt, bool wants_failure)
    : arguments_(arguments),
      trace_(arguments, variable),
      out_(STDOUT_FILENO),
      err_(STDERR_FILENO),
      ci_(CiRun::detect(arguments, graph, variable, out_, err_)),
      console_(out_, err_, console_settings(arguments, variable, clock, ci_ != nullptr)) {
  if (::isatty(STDOUT_FILENO) == 1) out_.keep_style();
  out_.never_wait(interrupt);
  err_.never_wait(interrupt);
  if (same_place(STDOUT_FILENO, STDERR_FILENO)) out_.share_place_with(err_);
  std::vector<Report*> reports;
  if (arguments.verbose > 0) {
    log_lines_ = std::make_unique<LogLines>(err_, clock, arguments.verbose > 1);
    reports.push_back(log_lines_.get());
  }
  if (ci_) reports.push_back(&ci_->output());
  reports.push_back(&console_);
  if (arguments.output == OutputFormat::json) data_ = std::make_unique<JsonReport>(out_);
  std::unique_ptr<NdjsonReport> events;
  if (arguments.output == OutputFormat::ndjson) events = std::make_unique<NdjsonReport>(out_, clock);
  for (const ReportFile& file : arguments.reports) {
    if (file.kind != "ndjson") continue;
    if (!events) events = std::make_unique<NdjsonReport>(clock);
    events->copy_to(*event_files_.emplace_back(open_event_file(file)));
  }
  if (events) reports.push_back(events.get());
  events_ = std::move(events);
  if (data_) reports.push_back(data_.get());
  if (arguments.cron || wants_failure) {
    MailSettings settings;
    settings.host = host_name();
    settings.file = known_file(arguments.file);
    for (const char* name : {"LOGNAME", "USER"}) {
      if (settings.user.empty()) settings.user = variable_text(variable, name);
    }
    mail_ = std::make_unique<FailureMail>(arguments.cron ? &err_ : nullptr, std::move(settings));
    reports.push_back(mail_.get());
  }
  if (arguments.pass_exit_code) reports.push_back(&item_failures_);
  for (const ReportFile& file : arguments.reports) {
    if (file.kind != "ndjson") check_can_write(file);
    if (file.kind == "prom" && !metrics_) {
      metrics_ = std::make_unique<PrometheusReport>();
      reports.push_back(metrics_.get());
    } else if (document_kind(file.kind) != nullptr && !recorder_) {
      recorder_ = std::make_unique<TimelineRecorder>(&clock);
      reports.push_back(recorder_.get());
    }
  }
  if ((ci_ || trace_.is_recorded()) && !recorder_) {
    recorder_ = std::make_unique<TimelineRecorder>(&clock);
    reports.push_back(recorder_.get());
  }
  report_ = std::make_unique<TeeReport>(std::move(reports));
}

bool RunReports::write_files(const JobFile& job_file) {
  constexpr std::size_t kMostEarlier = 1 << 20;
  constexpr mode_t kForAll = 0644;  // another program's user reads it
  if (recorder_) describe_jobs(recorder_->timeline(), &job_file);
  if (recorder_) trace_.end(recorder_->timeline());
  bool all = true;
  if (ci_) {
    const std::string problems = ci_->end(recorder_->timeline());
    all = problems.empty();
    err_.start_line();
    err_.append(problems);
  }
  std::size_t event_files = 0;
  for (const ReportFile& file : arguments_.reports) {
    const bool is_events = file.kind == "ndjson";
    const DocumentKind* document = document_kind(file.kind);
    std::string text;
    if (document != nullptr) text = document->text(recorder_->timeline());
    if (file.kind == "prom") text = metrics_->text(read_whole_file(file.path, kMostEarlier));
    if (file.kind == "otlp") text = trace_.document();
    int error = text.empty() ? 0 : replace_file(file.path, text, kForAll);
    if (is_events) error = event_files_[event_files++]->error();
    if (error == 0) continue;
    all = false;
    err_.start_line();
    err_.append("corun: the report " + file.path + " can't be written: " + std::strerror(error) + "\n");
  }
  return all;
}

bool RunReports::finish() {
  out_.flush();
  if (out_.error() != 0) {
    err_.start_line();
    err_.append(std::string("corun: standard output can't be written: ") + std::strerror(out_.error()) + "\n");
  }
  err_.offer();  // what came before has been taken
  return out_.error() == 0;
}

}  // namespace corun
