// `corun report`. Knows nothing of what is in the documents.
#include "cli/report_command.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "base/whole_file.h"
#include "cli/exit_code.h"
#include "cli/past_state.h"
#include "cli/past_timeline.h"
#include "cli/run_trace.h"
#include "cli/setup_error.h"
#include "cli/table.h"
#include "report/documents.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr mode_t kForAll = 0644;

bool print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

std::string summary(const RunTimeline& timeline) {
  std::string text = "run " + timeline.id + " of " + escape_control(timeline.file) + ": ";
  text += timeline.verdict.empty() ? "not ended" : timeline.verdict;
  if (timeline.exit_code > 0) text += " (exit code " + std::to_string(timeline.exit_code) + ")";
  if (timeline.exit_code >= 0) text += " after " + format_elapsed(timeline.elapsed);
  text += "\n\n";
  std::vector<std::vector<std::string>> rows{{"STATE", "START", "TIME", "ATTEMPTS", "JOB", "REASON"}};
  for (const TimelineJob& job : timeline.jobs) {
    const bool ran = job.attempt_count > 0 && !job.restored;
    rows.push_back({std::string(state_word(job.state)), ran ? "+" + format_elapsed(job.started) : "-",
                    ran ? format_elapsed(job.ended - job.started) : "-", std::to_string(job.attempt_count),
                    escape_control(job.name), job.restored ? "done by an earlier run" : job.reason});
  }
  return text + table_text(rows);
}

// What is below the present directory, as who started the run there would have named it: services show a file by such a path.
void name_from_here(RunTimeline& timeline) {
  std::error_code ignored;
  const std::string here = std::filesystem::current_path(ignored).string() + '/';
  const auto shorten = [&here](std::string& path) {
    if (here.size() > 1 && path.starts_with(here)) path.erase(0, here.size());
  };
  shorten(timeline.file);
  for (TimelineJob& job : timeline.jobs) shorten(job.file);
}

// Of a run that has ended without doing all it had to. One that has no end may still live.
std::string resume_command(const RunTimeline& timeline, const Arguments& arguments, const PastState& state) {
  const bool has_rest = timeline.exit_code > 0 || timeline.verdict == "killed";
  if (!has_rest || timeline.verdict == "not_run" || timeline.file == "-") return {};
  return "corun resume " + timeline.id + (arguments.state_dir_given ? " --state-dir " + shell_quote(state.directory) : "");
}

}  // namespace

int report_command(const Arguments& arguments, const GetVariable& variable) {
  const PastState state = open_past_state(arguments, variable);
  RunTimeline timeline;
  try {
    PastRuns runs(*state.database, state.directory);
    timeline = past_timeline(state, the_run(runs, state, arguments.past.run));
    timeline.resume = resume_command(timeline, arguments, state);
  } catch (const DatabaseError& error) {
    fail_with(state, error);
  }
  name_from_here(timeline);
  bool written = true;
  if (arguments.reports.empty()) written = print(summary(timeline));
  for (const ReportFile& file : arguments.reports) {
    const bool is_spans = file.kind == "otlp";
    const std::string text = is_spans ? past_spans(timeline, variable) : document_kind(file.kind)->text(timeline);
    if (file.path == "-") {
      written = print(text) && written;
    } else if (const int error = replace_file(file.path, text, kForAll); error != 0) {
      throw SetupError(kExitCantWrite, "the report `" + file.path + "` can't be written: " + std::strerror(error));
    }
  }
  if (!written) throw SetupError(kExitCantWrite, std::string("standard output can't be written: ") + std::strerror(errno));
  return kExitSuccess;
}

}  // namespace corun
