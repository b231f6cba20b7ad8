// `corun cron print` and `corun systemd print`. Knows nothing of running.
#include "cli/print_schedule_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/expression_findings.h"
#include "cli/load_graph.h"
#include "cli/machine.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "report/output_stream.h"

namespace corun {
namespace {

std::string absolute(const std::string& path) {
  std::error_code ignored;
  std::string text = std::filesystem::absolute(path, ignored).lexically_normal().string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::string own_path() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string("corun") : path.string();
}

std::string lock_text(const Arguments& arguments) {
  using OnConflict = Concurrency::OnConflict;
  if (!arguments.lock) return "skip";
  switch (arguments.lock->on_conflict) {
    case OnConflict::allow: return "allow";
    case OnConflict::skip: return "skip";
    case OnConflict::replace: return "replace";
    case OnConflict::wait: break;
  }
  return arguments.lock->most ? "wait:" + format_duration(*arguments.lock->most) : "wait";
}

// A lock that the file asks for is its own business.
bool prints_lock(const Arguments& arguments, const JobFile& file) { return arguments.lock || !file.concurrency; }

std::vector<std::string> command_of(const Arguments& arguments, const JobFile& file, const std::string& state) {
  std::vector<std::string> words{own_path(), "run", "--cron"};
  const auto add = [&words](const std::string& flag, const std::string& value) {
    words.push_back(flag);
    words.push_back(value);
  };
  if (prints_lock(arguments, file)) add("--lock", lock_text(arguments));
  if (arguments.jitter) add("--jitter", format_duration(*arguments.jitter));
  if (arguments.if_older_than) add("--if-older-than", format_duration(*arguments.if_older_than));
  if (arguments.timeout) add("--timeout", format_duration(*arguments.timeout));
  if (!arguments.ping.empty()) add("--ping", arguments.ping);
  for (const ReportFile& report : arguments.reports) add("--report", report.kind + '=' + absolute(report.path));
  add("--state-dir", state);
  add("-C", absolute("."));
  words.push_back(absolute(arguments.file));
  return words;
}

// cron makes a line end of every `%`.
std::string for_crontab(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '%' ? "\\%" : std::string(1, c);
  return escaped;
}

std::string crontab_line(const std::vector<std::string>& command, const std::string& schedule) {
  std::string line = schedule;
  for (const std::string& word : command) line += ' ' + for_crontab(shell_quote(word));
  return line + '\n';
}

// A word of a unit file: `%` and `$` mean something there even in quotes.
std::string for_unit(const std::string& word) {
  std::string escaped;
  bool plain = !word.empty();
  for (const char c : word) {
    plain = plain && c != ' ' && c != '"' && c != '\'' && c != ';';
    if (c == '%' || c == '$') escaped += c;
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return plain ? escaped : '"' + escaped + '"';
}

std::string for_description(std::string text) {
  std::string escaped;
  for (const char c : text.substr(0, text.find('\n'))) escaped += c == '%' ? "%%" : std::string(1, c);
  while (escaped.ends_with('\\')) escaped.pop_back();
  return escaped;
}

// What a unit can be called.
std::string unit_name(const std::string& name) {
  std::string unit;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    unit += plain ? c : '-';
  }
  return unit.empty() ? "corun" : unit;
}

std::string units(const std::vector<std::string>& command, const JobFile& file, const std::string& when) {
  const std::string name = unit_name(file.name);
  std::string start;
  for (const std::string& word : command) start += (start.empty() ? "" : " ") + for_unit(word);
  const std::string description = for_description(file.description.empty() ? "corun: " + file.name : file.description);
  return "# " + name + ".service\n[Unit]\nDescription=" + description + "\n\n[Service]\nType=oneshot\nExecStart=" + start +
         "\n# Stopping: corun ends its jobs by itself, with their grace.\nKillMode=mixed\n\n# " + name +
         ".timer\n[Unit]\nDescription=" + description + "\n\n[Timer]\nOnCalendar=" + when +
         "\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n";
}

void check_can_be_printed(const std::vector<std::string>& command) {
  for (const std::string& word : command) {
    const bool odd =
        std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
    if (odd) throw SetupError(kExitUsage, "`" + escape_control(word) + "` has control characters: it can't be scheduled");
  }
}

}  // namespace

int print_schedule_command(const Arguments& arguments, const GetVariable& variable) {
  const bool is_cron = arguments.command == CommandKind::cron;
  const std::string problem = is_cron ? cron_schedule_problem(arguments.schedule) : calendar_problem(arguments.schedule);
  if (!problem.empty()) {
    throw SetupError(kExitUsage, std::string(is_cron ? "--schedule" : "--on-calendar") + " `" +
                                     escape_control(arguments.schedule) + "`: " + problem);
  }
  if (arguments.file == "-") throw SetupError(kExitUsage, "a job file from standard input can't be scheduled");
  LoadResult loaded = load_from_disk(arguments.file);
  std::vector<Diagnostic> findings = find_in_expressions(loaded);
  findings.insert(findings.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  std::erase_if(findings, [](const Diagnostic& finding) { return finding.severity != Severity::error; });
  if (!findings.empty()) {
    const std::size_t omitted = loaded.omitted + keep_most(findings);
    throw SetupError::with_text(exit_code_of(findings), render_all(findings, omitted, loaded.sources));
  }
  const std::string state = arguments.state_dir.empty() ? default_state_dir(variable) : absolute(arguments.state_dir);
  if (state.empty()) throw SetupError(kExitUsage, "there is no state directory: give one (--state-dir)");
  const std::vector<std::string> command = command_of(arguments, *loaded.file, state);
  check_can_be_printed(command);
  OutputStream out(STDOUT_FILENO);
  out.append(is_cron ? crontab_line(command, arguments.schedule) : units(command, *loaded.file, arguments.schedule));
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
