// The values a run gets from outside its file. Knows nothing of expressions.
#include "cli/run_inputs.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string_view>

#include "base/env_file.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/read_file.h"
#include "cli/setup_error.h"
#include "graph/groups.h"
#include "graph/scalar.h"

namespace corun {
namespace {

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

// The name of a `-e` setting.
std::string setting_name(const std::string& setting) { return setting.substr(0, setting.find('=')); }

// Every group of a file that isn't inside another one.
constexpr std::array kGroups{&JobFile::top, &JobFile::on_success, &JobFile::on_failure, &JobFile::finally};

using Names = std::set<std::string, std::less<>>;
using Changed = std::map<const ProcessOptions*, std::shared_ptr<const ProcessOptions>>;

template <typename Change>
void change_group(JobGroup& group, Changed& changed, const Change& change) {
  for (Job& job : group.jobs) {
    for_each_group(job, [&](JobGroup& inside) { change_group(inside, changed, change); });
    if (!job.process) continue;
    std::shared_ptr<const ProcessOptions>& replacement = changed[job.process.get()];  // jobs that share one go on sharing
    if (!replacement) {
      auto options = std::make_shared<ProcessOptions>(*job.process);
      change(*options);
      replacement = std::move(options);
    }
    job.process = replacement;
  }
}

// Changes the settings of every process of the file.
template <typename Change>
void change_processes(JobFile& file, const Change& change) {
  Changed changed;
  for (const auto group : kGroups) change_group(file.*group, changed, change);
}

bool has_dotenv(const JobGroup& group) {
  return std::any_of(group.jobs.begin(), group.jobs.end(), [](const Job& job) {
    bool any = job.process && !job.process->dotenv.empty();
    for_each_group(job, [&](const JobGroup& inside) { any = any || has_dotenv(inside); });
    return any;
  });
}

}  // namespace

Value scalar_value(const std::string& text) {
  Value value;
  value.text.text = text;
  if (text == "null" || text == "~") {
    value.text.text.clear();
  } else if (is_quoted(text)) {
    value.kind = Value::Kind::string;
    value.text.text = text.substr(1, text.size() - 2);
  } else {
    switch (scalar_type(text)) {
      case ScalarType::boolean:
        value.kind = Value::Kind::boolean;
        value.text.text = text.front() == 't' || text.front() == 'T' ? "true" : "false";
        break;
      case ScalarType::number: value.kind = Value::Kind::number; break;
      case ScalarType::string: value.kind = Value::Kind::string; break;
    }
  }
  return value;
}

Variables::Vars set_variables(const std::vector<std::string>& settings, const JobFile& file) {
  Variables::Vars vars;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw SetupError(kExitUsage, "--set: expected NAME=VALUE, not `" + setting + "`");
    const std::string name = setting.substr(0, equals);
    if (!file.vars.contains(name)) {
      std::vector<std::string_view> names;
      for (const auto& [known, value] : file.vars) names.push_back(known);
      const std::string_view similar = most_similar(name, names);
      throw SetupError(kExitUndefined, "--set: `" + file.path + "` has no variable `" + name + "`" +
                                           (similar.empty() ? "" : "; did you mean `" + std::string(similar) + "`?"));
    }
    vars[name] = scalar_value(setting.substr(equals + 1));
  }
  return vars;
}

Variables::Environment inherited_environment() {
  Variables::Environment environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  for (const char* name : {"CORUN_RUN", "CORUN_JOB", "CORUN_ATTEMPT", "CORUN_TIME_LEFT", "CORUN_OUTPUT"}) environment.erase(name);
  return environment;
}

bool is_usual_variable(std::string_view name) {
  constexpr std::array<std::string_view, 9> kUsual = {"HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"};
  return name.starts_with("LC_") || std::find(kUsual.begin(), kUsual.end(), name) != kUsual.end();
}

Variables::Environment environment_settings(const std::vector<std::string>& files, const std::vector<std::string>& settings,
                                            const GetVariable& variable) {
  Variables::Environment environment;
  for (const std::string& path : files) {
    const Result<NamesAndValues> values = parse_env_file(path, read_file(path));
    if (!values) throw SetupError(kExitInvalidFile, values.error().message);
    for (const auto& [name, value] : *values) environment[name] = value;
  }
  for (const std::string& setting : settings) {
    const std::string name = setting_name(setting);
    if (!is_variable_name(name)) throw SetupError(kExitUsage, "--env: expected NAME=VALUE or NAME, not `" + setting + "`");
    if (name.size() < setting.size()) {
      environment[name] = setting.substr(name.size() + 1);
      continue;
    }
    const char* present = variable(name.c_str());
    if (present == nullptr) throw SetupError(kExitUndefined, "--env: `" + name + "` isn't set in the environment");
    environment[name] = present;
  }
  return environment;
}

void override_job_environment(JobFile& file, const std::vector<std::string>& settings) {
  if (settings.empty()) return;
  Names names;
  for (const std::string& setting : settings) names.insert(setting_name(setting));
  change_processes(file, [&](ProcessOptions& options) {
    std::erase_if(options.env, [&](const NamedText& variable) { return names.contains(variable.name); });
    std::erase_if(options.dotenv_values, [&](const auto& variable) { return names.contains(variable.first); });
  });
}

NamesAndValues read_dotenv(const std::vector<std::string>& paths) {
  NamesAndValues all;
  for (const std::string& path : paths) {
    Result<NamesAndValues> values = parse_env_file(path, read_file(path));
    if (!values) throw SetupError(kExitInvalidFile, values.error().message);
    std::move(values->begin(), values->end(), std::back_inserter(all));
  }
  return all;
}

void load_dotenv(JobFile& file, Variables::Environment& inherited) {
  file.dotenv_values = read_dotenv(file.dotenv);
  for (const auto& [name, value] : file.dotenv_values) inherited[name] = value;
  const bool any = std::any_of(kGroups.begin(), kGroups.end(), [&](auto group) { return has_dotenv(file.*group); });
  if (any) change_processes(file, [](ProcessOptions& options) { options.dotenv_values = read_dotenv(options.dotenv); });
}

void override_graph_environment(JobFile& outermost, const Variables::Environment& overriding) {
  if (overriding.empty()) return;
  for_each_inner_file(outermost, [&](JobFile& file) {
    std::erase_if(file.env, [&](const NamedText& variable) { return overriding.contains(variable.name); });
    std::erase_if(file.dotenv_values, [&](const auto& variable) { return overriding.contains(variable.first); });
  });
}

}  // namespace corun
