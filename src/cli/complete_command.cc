// `corun __complete`. Knows nothing of running.
#include "cli/complete_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/past_state.h"
#include "cli/read_file.h"
#include "cli/shell_line.h"
#include "graph/error_codes.h"
#include "graph/load.h"
#include "state/breaker_rows.h"
#include "state/past_logs.h"
#include "state/past_runs.h"
#include "state/shared_time.h"

namespace corun {
namespace {

constexpr std::size_t kMostRuns = 100;

/// Looks up what the line itself doesn't tell.
class Lookup {
 public:
  Lookup(Completion& completion, const GetVariable& variable) : completion_(completion), variable_(variable) {}

  void add() {
    switch (completion_.words) {
      case Words::job:
      case Words::job_pattern: return add_jobs();
      case Words::tag: return add_tags();
      case Words::variable: return add_variables();
      case Words::secret: return add_secrets();
      case Words::past_job:
      case Words::run:
      case Words::breaker: return add_past();
      case Words::code:
        for (const ErrorCode& code : error_codes()) add(std::string(code.code), std::string(code.title));
        return;
      default: return;
    }
  }

 private:
  void add(std::string value, std::string description) {
    completion_.candidates.push_back({completion_.before + std::move(value), std::move(description)});
  }

  // As far as it can be read.
  std::optional<JobFile> job_file() {
    if (completion_.job_file.empty() || completion_.job_file == "-") return std::nullopt;
    Result<std::string> text = try_read_file(completion_.job_file);
    if (!text) return std::nullopt;
    LoadResult loaded = load_job_file(completion_.job_file, *std::move(text));
    return loaded.file ? std::move(loaded.file) : std::move(loaded.partial);
  }

  void add_jobs() {
    const std::optional<JobFile> file = job_file();
    if (!file) return;
    const auto add_job = [&](const std::string& name, const std::string& description) {
      const auto& others = completion_.others;
      if (std::find(others.begin(), others.end(), name) == others.end()) add(name, description);
    };
    for (const Job& job : file->top.jobs) {
      const std::string description = job.notes ? job.notes->description : std::string();
      add_job(job.name, description);
      if (!job.flow || !job.flow->foreach) continue;
      for (const std::string& key : job.flow->foreach->keys) add_job(job.name + '[' + key + ']', description);
    }
  }

  void add_tags() {
    const std::optional<JobFile> file = job_file();
    if (!file) return;
    for (const Job& job : file->top.jobs) {
      for (std::size_t i = 0; job.notes && i < job.notes->tags.size(); ++i) add(job.notes->tags[i], "");
    }
  }

  void add_variables() {
    const std::optional<JobFile> file = job_file();
    if (!file) return;
    for (const auto& [name, value] : file->vars) add(name + '=', "");
  }

  void add_secrets() {
    const std::optional<JobFile> file = job_file();
    if (!file) return;
    for (const SecretSource& secret : file->secrets) add(secret.name, "");
  }

  void add_past() {
    Arguments arguments;
    arguments.state_dir = completion_.state_dir;
    if (const char* directory = variable_("CORUN_STATE_DIR"); directory != nullptr && arguments.state_dir.empty()) {
      arguments.state_dir = directory;
    }
    const PastState state = open_past_state(arguments, variable_);
    PastRuns runs(*state.database, state.directory);
    if (completion_.words == Words::run) {
      for (const PastRun& run : runs.newest("", kMostRuns)) {
        const std::string verdict = run.ended ? run.verdict : "not ended";
        add(run.id, verdict + ", " + run.file.substr(run.file.rfind('/') + 1));
      }
    } else if (completion_.words == Words::past_job) {
      const std::optional<PastRun> run = completion_.run.empty() ? std::nullopt : runs.find(completion_.run);
      for (const std::string& name : PastLogs(*state.database, state.directory).names(run ? &*run : nullptr)) add(name, "");
    } else {
      SystemClock clock;
      for (const BreakerRow& row : BreakerRows(*state.database).all(SharedTime(clock))) add(row.name, row.scope);
    }
  }

  Completion& completion_;
  const GetVariable& variable_;
};

// Those that begin with what has been written, once each; none that a terminal can't show on one line.
std::vector<Candidate> fitting(std::vector<Candidate> candidates, const std::string& word) {
  std::set<std::string> seen;
  std::erase_if(candidates, [&](const Candidate& candidate) {
    const std::string& value = candidate.value;
    const bool shown = std::none_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    return !shown || !value.starts_with(word) || !seen.insert(value).second;
  });
  return candidates;
}

std::string files_word(Words words) {
  switch (words) {
    case Words::job_file: return "job_files";
    case Words::file: return "files";
    case Words::directory: return "directories";
    default: return "none";
  }
}

std::string described(const Candidate& candidate) {
  std::string line = candidate.value + '\t' + escape_control(candidate.description);
  std::replace(line.begin() + static_cast<std::ptrdiff_t>(candidate.value.size()) + 1, line.end(), '\n', ' ');
  std::replace(line.begin() + static_cast<std::ptrdiff_t>(candidate.value.size()) + 1, line.end(), '\t', ' ');
  return line + '\n';
}

std::string answer(const std::vector<std::string>& words, const ShellLine* line, const GetVariable& variable) {
  Completion completion = completion_of(words);
  const bool moved = completion.directory.empty() || ::chdir(completion.directory.c_str()) == 0;
  try {
    if (moved) Lookup(completion, variable).add();
  } catch (const std::exception&) {  // no state, or none that can be read: then there is nothing to offer
  }
  const std::vector<Candidate> candidates = fitting(completion.candidates, words.empty() ? std::string() : words.back());
  const bool more = std::any_of(candidates.begin(), candidates.end(), [](const Candidate& candidate) {
    return candidate.value.ends_with('=') || candidate.value.ends_with(':');
  });
  std::string text = files_word(completion.words) + (more ? " nospace\n" : "\n");
  for (const Candidate& candidate : candidates) {
    text += line != nullptr ? completed(*line, candidate.value) + '\n' : described(candidate);
  }
  return text;
}

}  // namespace

int complete_command(const Arguments& arguments, const GetVariable& variable) {
  const std::vector<std::string>& asked = arguments.words;
  std::string text;
  if (asked.size() == 3 && asked[0] == "bash") {
    ShellLine line = read_shell_line(asked[1], asked[2]);
    if (line.words.size() > 1) line.words.erase(line.words.begin());  // corun itself
    text = answer(line.words, &line, variable);
  } else if (asked.size() > 1 && asked[0] == "words") {
    text = answer({asked.begin() + 1, asked.end()}, nullptr, variable);
  } else {
    return kExitUsage;
  }
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
