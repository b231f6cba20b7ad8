// Findings for cron. Knows nothing of running.
#include "cli/cron_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "graph/error_codes.h"
#include "graph/groups.h"

namespace corun {
namespace {

constexpr std::string_view kCronsPath = "/usr/bin:/bin";
constexpr std::array<std::string_view, 4> kCronsVariables = {"HOME", "LOGNAME", "PATH", "SHELL"};
constexpr std::array<std::string_view, 17> kOpeners = {"if", "then", "elif", "else", "while", "until", "do",   "!",      "{",
                                                       "(",  "time", "exec", "nice", "nohup", "env",   "sudo", "command"};
constexpr std::string_view kSeparators = "\n;|&()";
constexpr std::string_view kBlanks = " \t";

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

bool is_found(std::string_view name, std::string_view path) {
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    if (folder.starts_with('/') && is_program(std::string(folder) + '/' + std::string(name))) return true;
    path.remove_prefix(std::min(path.size(), folder.size() + 1));
  }
  return false;
}

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != std::string_view::npos && equals > 0 &&
         word.substr(0, equals).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
             std::string_view::npos;
}

// The first word of a part of a script that can be a command; "": none.
std::string_view command_of(std::string_view part) {
  for (;;) {
    const std::size_t start = part.find_first_not_of(kBlanks);
    if (start == std::string_view::npos || part[start] == '#') return {};
    part.remove_prefix(start);
    const std::string_view word = part.substr(0, part.find_first_of(kBlanks));
    const bool opens = std::find(kOpeners.begin(), kOpeners.end(), word) != kOpeners.end();
    if (!opens && !is_assignment(word)) return word;
    part.remove_prefix(word.size());
  }
}

bool is_plain_name(std::string_view word) {
  return word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-/") == std::string_view::npos;
}

bool is_relative(std::string_view path) { return !path.empty() && !path.starts_with('/') && !path.starts_with("${{"); }

bool sets_path(const std::vector<NamedText>& env) {
  return std::any_of(env.begin(), env.end(), [](const NamedText& each) { return each.name == "PATH"; });
}

class Finder {
 public:
  Finder(std::string_view path, std::vector<Diagnostic>& findings) : path_(path), findings_(findings) {}

  void look_at(const JobFile& file) {
    const bool outer = std::exchange(has_path_, has_path_ || sets_path(file.env));
    for (const SecretSource& secret : file.secrets) {
      if (secret.is_file) {
        relative("the secret `" + secret.name + "`", secret.source, secret.place);
      } else if (std::find(kCronsVariables.begin(), kCronsVariables.end(), secret.source) == kCronsVariables.end()) {
        report(code::kCronVariable,
               "the secret `" + secret.name + "` is taken from `" + secret.source + "`, which cron doesn't set", secret.place,
               "read it from a file (`{file: PATH}`), or set the variable in the crontab");
      }
    }
    for_each_group_of_file(file, [&](const JobGroup& group) { look_at(group); });
    has_path_ = outer;
  }

  void report(std::string_view code, std::string message, Place place, std::string help) {
    if (place.line == 0 ||
        !seen_.insert(std::string(code) + message + std::to_string(place.line) + ':' + std::to_string(place.file)).second)
      return;
    Diagnostic finding;
    finding.severity = Severity::warning;
    finding.code = code;
    finding.message = std::move(message);
    finding.place = place;
    finding.help = std::move(help);
    findings_.push_back(std::move(finding));
  }

 private:
  void look_at(const JobGroup& group) {
    for (const Job& job : group.jobs) {
      const bool own_path = !has_path_ && !(job.process && sets_path(job.process->env));
      if (job.process) look_at_process(job);
      look_at(job, job.action, own_path);
      if (job.fallback) look_at(job, *job.fallback, own_path);
      if (!job.flow) continue;
      for (const auto* callback : {&job.flow->on_success, &job.flow->on_failure, &job.flow->finally}) {
        if (*callback) look_at(job, (*callback)->action, own_path);
      }
    }
  }

  void look_at_process(const Job& job) {
    const ProcessOptions& process = *job.process;
    for (const std::string& path : process.dotenv) relative("`dotenv` of job `" + job.name + "`", path, job.place);
    if (process.working_dir) relative(job, "working_dir", *process.working_dir);
    if (process.output_file) relative(job, "output.file", *process.output_file);
  }

  void look_at(const Job& job, const Action& action, bool asks_path) {
    if (const auto* run = std::get_if<std::unique_ptr<RunSpec>>(&action)) {
      look_at_run(job, **run, asks_path);
    } else if (const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&action)) {
      if ((*http)->body_kind == HttpSpec::Body::file) relative(job, "body_file", (*http)->body);
      if ((*http)->options && (*http)->options->save) relative(job, "save", (*http)->options->save->file);
    } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&action)) {
      look_at(*(*graph)->file);
    } else {
      for_each_group(action, [&](const JobGroup& group) { look_at(group); });
    }
  }

  void look_at_run(const Job& job, const RunSpec& run, bool asks_path) {
    if (!run.argv.empty()) {
      look_at_command(job, run.argv.front().text, run.argv.front().place, asks_path);
      return;
    }
    const std::string& script = run.script.text;
    for (const std::string& word : command_words(script)) look_at_command(job, word, run.script.place, asks_path);
    if (script.find("\\%") != std::string::npos) {
      report(code::kCronPercent, "`\\%` in `run` of job `" + job.name + "`", run.script.place,
             "a `%` is escaped in crontabs alone: here the script gets the backslash, too");
    }
  }

  void look_at_command(const Job& job, const std::string& word, Place place, bool asks_path) {
    if (word.find("${{") != std::string::npos || !is_plain_name(word)) return;
    if (word.find('/') != std::string::npos) {
      if (!is_relative(word) || (job.process && job.process->working_dir)) return;
      return report(code::kCronRelativePath, "job `" + job.name + "` runs `" + word + "`, a relative path", place,
                    "cron starts in the home directory: write the whole path, or run corun with `-C DIRECTORY`");
    }
    if (!asks_path || is_found(word, kCronsPath) || !is_found(word, path_)) return;
    report(code::kCronPath,
           "job `" + job.name + "` runs `" + word + "`, which isn't in cron's PATH (" + std::string(kCronsPath) + ")", place,
           "write its whole path, or set PATH in `env:`");
  }

  void relative(const Job& job, std::string_view key, const Text& path) {
    relative("`" + std::string(key) + "` of job `" + job.name + "`", path.text, path.place);
  }
  void relative(const std::string& what, const std::string& path, Place place) {
    if (!is_relative(path)) return;
    report(code::kCronRelativePath, what + " is a relative path: `" + path + "`", place,
           "cron starts in the home directory: write the whole path, or run corun with `-C DIRECTORY`");
  }

  std::string_view path_;
  std::vector<Diagnostic>& findings_;
  std::set<std::string> seen_;
  bool has_path_ = false;  // the file sets PATH
};

}  // namespace

std::vector<std::string> command_words(std::string_view script) {
  std::vector<std::string> words;
  while (!script.empty()) {
    const std::size_t end = script.find_first_of(kSeparators);
    const std::string_view word = command_of(script.substr(0, end));
    if (!word.empty() && std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
    if (end == std::string_view::npos) break;
    script.remove_prefix(end + 1);
  }
  return words;
}

std::vector<Diagnostic> find_for_cron(const LoadResult& loaded, std::string_view path) {
  std::vector<Diagnostic> findings;
  if (!loaded.file) return findings;  // the errors first
  Finder finder(path, findings);
  finder.look_at(*loaded.file);
  if (loaded.file->path.find('%') != std::string::npos) {
    finder.report(code::kCronPercent, "the file's path has a `%`: " + loaded.file->path, Place{1, 1},
                  "a crontab wants `\\%` there: `corun cron print` writes it so");
  }
  return findings;
}

}  // namespace corun
