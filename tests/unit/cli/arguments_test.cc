// The command line and CORUN_* variables as values.
#include "cli/arguments.h"

#include <map>

#include "catch.h"
#include "cli/help.h"

using namespace corun;

namespace {

std::variant<Arguments, Answer> read(std::vector<const char*> words, const std::map<std::string, std::string>& environment = {}) {
  words.insert(words.begin(), "corun");
  return read_arguments(static_cast<int>(words.size()), words.data(), [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

Arguments arguments_of(const std::vector<const char*>& words, const std::map<std::string, std::string>& environment = {}) {
  std::variant<Arguments, Answer> result = read(words, environment);
  if (const auto* answer = std::get_if<Answer>(&result)) FAIL(answer->text);
  return std::get<Arguments>(result);
}

std::string error_of(const std::vector<const char*>& words, const std::map<std::string, std::string>& environment = {}) {
  std::variant<Arguments, Answer> result = read(words, environment);
  const auto* answer = std::get_if<Answer>(&result);
  return answer == nullptr || answer->exit_code != 2 ? "" : answer->text.substr(0, answer->text.find('\n'));
}

}  // namespace

TEST_CASE("A file alone is run; defaults") {
  const Arguments arguments = arguments_of({"./jobs.yaml"});
  CHECK(arguments.command == CommandKind::run);
  CHECK(arguments.file == "./jobs.yaml");
  CHECK(arguments.selection.jobs.empty());
  CHECK_FALSE(arguments.process_slots);
  CHECK(arguments.http_slots == 256);
  CHECK_FALSE(arguments.fail_fast);
  CHECK(arguments.keep_state);
  CHECK(arguments.output == OutputFormat::text);
}

TEST_CASE("Flags may stand anywhere") {
  for (const std::vector<const char*>& words :
       {std::vector<const char*>{"run", "f.yaml", "a", "b", "-j", "4", "-qq"},
        std::vector<const char*>{"-qq", "-j4", "run", "f.yaml", "a", "b"},
        std::vector<const char*>{"-q", "run", "--jobs=4", "f.yaml", "-q", "a", "--", "b"}}) {
    const Arguments arguments = arguments_of(words);
    CHECK(arguments.command == CommandKind::run);
    CHECK(arguments.file == "f.yaml");
    CHECK(arguments.selection.jobs == std::vector<std::string>{"a", "b"});
    CHECK(arguments.process_slots == 4U);
    CHECK(arguments.quiet == 2);
  }
}

TEST_CASE("After -- everything is a word") {
  CHECK(arguments_of({"run", "f.yaml", "--", "-q"}).selection.jobs == std::vector<std::string>{"-q"});
}

TEST_CASE("Every flag of run") {
  const Arguments arguments =
      arguments_of({"run",       "f.yaml", "-j",  "auto", "--max-http", "64",     "--fail-fast", "-vv", "--set",       "a=1",
                    "--set=b=2", "-e",     "X=1", "-eY",  "--env-file", "e.env",  "--only",      "o*",  "--skip",      "s*",
                    "--timeout", "1m30s",  "-o",  "json", "--color",    "always", "-C",          "dir", "--state-dir", "st"});
  CHECK_FALSE(arguments.process_slots);
  CHECK(arguments.http_slots == 64);
  CHECK(arguments.fail_fast);
  CHECK(arguments.verbose == 2);
  CHECK(arguments.set == std::vector<std::string>{"a=1", "b=2"});
  CHECK(arguments.environment == std::vector<std::string>{"X=1", "Y"});
  CHECK(arguments.env_files == std::vector<std::string>{"e.env"});
  CHECK(arguments.selection.only == std::vector<std::string>{"o*"});
  CHECK(arguments.selection.skip == std::vector<std::string>{"s*"});
  CHECK(arguments.timeout == Duration(90s));
  CHECK(arguments.output == OutputFormat::json);
  CHECK(arguments.color == ColorChoice::always);
  CHECK(arguments.directory == "dir");
  CHECK(arguments.state_dir == "st");
}

TEST_CASE("A dry run is a plan; check has its format") {
  CHECK(arguments_of({"run", "-n", "f.yaml"}).command == CommandKind::plan);
  CHECK(arguments_of({"plan", "f.yaml"}).command == CommandKind::plan);
  const Arguments check = arguments_of({"check", "f.yaml", "--format", "github"});
  CHECK(check.command == CommandKind::check);
  CHECK(check.diagnostics == DiagnosticFormat::github);
}

TEST_CASE("The last value counts") { CHECK(arguments_of({"run", "f.yaml", "-j2", "-j", "3"}).process_slots == 3U); }

TEST_CASE("The environment stands in for flags") {
  const Arguments arguments = arguments_of({"run", "f.yaml"}, {{"CORUN_JOBS", "7"},
                                                               {"CORUN_MAX_HTTP", "9"},
                                                               {"CORUN_FAIL_FAST", "true"},
                                                               {"CORUN_NO_STATE", "1"},
                                                               {"CORUN_QUIET", "2"},
                                                               {"CORUN_SET", "a=1\nb=2"},
                                                               {"CORUN_COLOR", "never"},
                                                               {"CORUN_TIMEOUT", ""}});
  CHECK(arguments.process_slots == 7U);
  CHECK(arguments.http_slots == 9);
  CHECK(arguments.fail_fast);
  CHECK_FALSE(arguments.keep_state);
  CHECK(arguments.quiet == 2);
  CHECK(arguments.set == std::vector<std::string>{"a=1", "b=2"});
  CHECK(arguments.color == ColorChoice::never);
  CHECK_FALSE(arguments.timeout);
}

TEST_CASE("The command line beats the environment") {
  CHECK(arguments_of({"run", "f.yaml", "-j1"}, {{"CORUN_JOBS", "7"}}).process_slots == 1U);
  CHECK_FALSE(arguments_of({"run", "f.yaml", "-k"}, {{"CORUN_FAIL_FAST", "1"}}).fail_fast);
  CHECK_FALSE(arguments_of({"run", "f.yaml"}, {{"CORUN_FAIL_FAST", "0"}}).fail_fast);
}

TEST_CASE("Errors name what is wrong and where it was said") {
  CHECK(error_of({"run", "f.yaml", "--max-htpp", "3"}) == "corun: unknown option `--max-htpp`; did you mean `--max-http`?");
  CHECK(error_of({"run", "f.yaml", "--output-format"}) == "corun: option `--output-format` needs a value");
  CHECK(error_of({"run", "f.yaml"}, {{"CORUN_JOBS", "-3"}}) == "corun: CORUN_JOBS: expected `auto` or a number from 1, not `-3`");
  CHECK(error_of({"run", "f.yaml"}, {{"CORUN_FAIL_FAST", "maybe"}}) ==
        "corun: CORUN_FAIL_FAST: expected 1, true, yes, 0, false or no, not `maybe`");
  CHECK(error_of({"run", "f.yaml", "--timeout", "0s"}) ==
        "corun: --timeout: expected a duration such as `90s` or `1h30m`, not `0s`");
  CHECK(error_of({"plan", "f.yaml", "--no-state"}) == "corun: `--no-state` isn't an option of `corun plan`");
}

TEST_CASE("A variable of another command's flag is no error") {
  CHECK(arguments_of({"check", "f.yaml"}, {{"CORUN_JOBS", "nonsense"}}).command == CommandKind::check);
}

TEST_CASE("Every flag has one name, one letter in each command, and a place in the help") {
  std::map<std::string, int> seen;
  for (const Flag& flag : flags()) {
    CHECK(++seen[std::string(flag.name)] == 1);
    for (const CommandKind command : {CommandKind::run, CommandKind::check, CommandKind::plan, CommandKind::resume,
                                      CommandKind::history, CommandKind::logs}) {
      if (!flag.of(command)) continue;
      const std::string name = command_name(command);
      if (flag.letter != 0) CHECK(++seen[name + " -" + flag.letter] == 1);
      if (command == CommandKind::resume) continue;  // which options it passes on is said there in words
      const std::variant<Arguments, Answer> help = read({name.c_str(), "--help"});
      INFO("--" << flag.name << " in the help of " << name);
      CHECK(std::get<Answer>(help).text.find("--" + std::string(flag.name)) != std::string::npos);
    }
  }
}

TEST_CASE("A letter is another flag's in another command") {
  CHECK(arguments_of({"run", "f.yaml", "-n"}).command == CommandKind::plan);
  const Arguments history = arguments_of({"history", "-n", "5", "--failed"});
  CHECK(history.command == CommandKind::history);
  CHECK(history.past.most == 5);
  CHECK(history.past.failed);
  CHECK(history.file.empty());
  CHECK(error_of({"history", "-n", "0"}) == "corun: --limit: expected a number from 1, not `0`");
}

TEST_CASE("What a job has in its environment isn't taken for flags") {
  const Arguments logs = arguments_of({"logs", "a", "-f"}, {{"CORUN_RUN", "x"}, {"CORUN_ATTEMPT", "2"}});
  CHECK(logs.past.job == "a");
  CHECK(logs.past.follow);
  CHECK(logs.past.run.empty());
  CHECK_FALSE(logs.past.attempt);
  CHECK(arguments_of({"logs", "a", "--run", "y", "--attempt=3"}).past.attempt == 3U);
}

TEST_CASE("corun cache takes an action, no file") {
  const Arguments list = arguments_of({"cache", "ls", "--state-dir", "d", "-o", "json"});
  CHECK(list.command == CommandKind::cache);
  CHECK(list.cache_action == CacheAction::list);
  CHECK(list.state_dir == "d");
  CHECK(list.output == OutputFormat::json);
  const Arguments prune = arguments_of({"cache", "prune", "--older-than", "7d"});
  CHECK(prune.cache_action == CacheAction::prune);
  CHECK(prune.older_than == 168h);
  CHECK_FALSE(arguments_of({"cache", "prune", "--all"}).older_than);
  CHECK(error_of({"cache", "ls", "more"}) == "corun: `corun cache` takes `ls` or `prune`");
  CHECK(error_of({"cache", "ls", "--jobs", "4"}) == "corun: `--jobs` isn't an option of `corun cache`");
}

TEST_CASE("--no-cache is of runs") {
  CHECK(arguments_of({"run", "f.yaml"}).use_cache);
  CHECK_FALSE(arguments_of({"run", "f.yaml", "--no-cache"}).use_cache);
  CHECK_FALSE(arguments_of({"run", "f.yaml"}, {{"CORUN_NO_CACHE", "1"}}).use_cache);
  CHECK(error_of({"plan", "f.yaml", "--no-cache"}) == "corun: `--no-cache` isn't an option of `corun plan`");
}
