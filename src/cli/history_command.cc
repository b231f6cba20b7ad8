// `corun history`. Knows nothing of job files.
#include "cli/history_command.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/past_state.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "cli/table.h"
#include "report/json_object.h"
#include "report/output_stream.h"
#include "report/words.h"
#include "state/past_runs.h"

namespace corun {
namespace {

constexpr std::size_t kPage = 100;

struct Entry {
  PastRun run;
  std::string verdict;
  std::vector<std::pair<JobState, std::size_t>> counts;
};

std::optional<Duration> elapsed(const Entry& entry) {
  const PastRun& run = entry.run;
  if (run.ended) return std::chrono::milliseconds(std::max<std::int64_t>(0, *run.ended - run.started));
  if (entry.verdict != "running") return std::nullopt;
  return std::max<Duration>(Duration(0), std::chrono::system_clock::now() - from_milliseconds(run.started));
}

// A run without an end whose process is gone has been killed.
std::string verdict_of(PastRuns& runs, const PastRun& run) {
  if (run.ended) return run.verdict;
  return runs.is_running(run) ? "running" : "killed";
}

std::vector<Entry> entries(PastRuns& runs, const std::string& file, const PastQuery& query) {
  std::vector<Entry> found;
  for (std::size_t looked_at = query.failed ? std::max<std::size_t>(kPage, query.most) : query.most;; looked_at *= 4) {
    found.clear();
    const std::vector<PastRun> newest = runs.newest(file, looked_at);
    for (const PastRun& run : newest) {
      std::string verdict = verdict_of(runs, run);
      if (query.failed && (verdict == "succeeded" || verdict == "running")) continue;
      if (found.size() < query.most) found.push_back(Entry{run, std::move(verdict), runs.counts_of(run)});
    }
    if (found.size() == query.most || newest.size() < looked_at) return found;
  }
}

std::string local_time(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return {text.data(), length};
}

// As it would be typed here.
std::string shown_file(const PastRun& run) {
  std::error_code error;
  const std::string here = std::filesystem::current_path(error).string();
  const bool below = !error && run.file.size() > here.size() + 1 && run.file.starts_with(here) && run.file[here.size()] == '/';
  return escape_control(below ? run.file.substr(here.size() + 1) : run.file);
}

std::string shown_counts(const Entry& entry) {
  std::string text;
  std::size_t ended = 0;
  for (const auto& [state, count] : entry.counts) {
    ended += count;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + std::string(count_word(state));
  }
  if (!entry.run.ended && ended < entry.run.jobs) {
    text += (text.empty() ? "" : ", ") + std::to_string(entry.run.jobs - ended) + " open";
  }
  return text.empty() ? "-" : text;
}

std::string table(const std::vector<Entry>& entries) {
  std::vector<std::vector<std::string>> rows{{"RUN", "STARTED", "TIME", "VERDICT", "JOBS", "FILE"}};
  for (const Entry& entry : entries) {
    const std::optional<Duration> time = elapsed(entry);
    std::string file = shown_file(entry.run);
    if (!entry.run.earlier.empty()) file += "  (resumes " + entry.run.earlier + ')';
    rows.push_back({entry.run.id, local_time(entry.run.started), time ? format_elapsed(*time) : "-", entry.verdict,
                    shown_counts(entry), std::move(file)});
  }
  return table_text(rows);
}

void append_json(std::string& out, const Entry& entry) {
  const PastRun& run = entry.run;
  JsonObject object(out);
  object.text("run", run.id);
  object.text("file", run.file);
  object.text("name", run.name);
  object.text("directory", run.directory);
  object.text("started", format_wall_time(from_milliseconds(run.started)));
  if (const std::optional<Duration> time = elapsed(entry)) {
    object.seconds("elapsed", *time);
  } else {
    object.json("elapsed", "null");
  }
  object.text("verdict", entry.verdict);
  object.json("exit_code", run.exit_code ? std::to_string(*run.exit_code) : "null");
  object.number("jobs", static_cast<std::int64_t>(run.jobs));
  JsonObject counts(object.field("counts"));
  for (const auto& [state, count] : entry.counts) counts.number(to_string(state), static_cast<std::int64_t>(count));
  counts.end();
  object.json("resumes", run.earlier.empty() ? "null" : json_string(run.earlier));
  object.end();
}

std::string text_of(const std::vector<Entry>& entries, OutputFormat format) {
  if (format == OutputFormat::text) return table(entries);
  std::string text = format == OutputFormat::json ? "{\"v\":1,\"runs\":[" : "";
  for (const Entry& entry : entries) {
    if (format == OutputFormat::json && &entry != &entries.front()) text += ',';
    append_json(text, entry);
    if (format == OutputFormat::ndjson) text += '\n';
  }
  if (format == OutputFormat::json) text += "]}\n";
  return text;
}

}  // namespace

int history_command(const Arguments& arguments, const GetVariable& variable) {
  const PastState state = open_past_state(arguments, variable);
  const std::string file = arguments.file.empty() ? std::string() : known_file(arguments.file);
  std::vector<Entry> found;
  try {
    PastRuns runs(*state.database, state.directory);
    found = entries(runs, file, arguments.past);
  } catch (const DatabaseError& error) {
    fail_with(state, error);
  }
  if (found.empty()) {
    const std::string which = arguments.past.failed ? "no failed runs" : "no runs";
    const std::string of = arguments.file.empty() ? "" : " of `" + arguments.file + '`';
    throw SetupError(kExitNoInput, "there are " + which + of + " in `" + state.directory + "`");
  }
  OutputStream out(STDOUT_FILENO);
  out.append(text_of(found, arguments.output));
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
