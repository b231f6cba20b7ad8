// Takes the command line apart with CLI11, the only file that knows it. Knows nothing of the flags' values.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <utility>

#include "base/text.h"
#include "cli/flags.h"
#include "cli/help.h"

namespace corun {
namespace {

// Which flag a letter stands for on a command line of `command`.
const Flag* flag_of_letter(char letter, std::string_view command) {
  const Flag* first = nullptr;
  for (const Flag& flag : flags()) {
    if (flag.letter != letter) continue;
    if (first == nullptr) first = &flag;
    for (const CommandKind kind : {CommandKind::history, CommandKind::logs}) {
      if (flag.of(kind) && command_name(kind) == command) return &flag;
    }
  }
  return first;
}

std::string with_dashes(const Flag& flag, std::string_view command) {
  std::string names = "--" + std::string(flag.name);
  if (flag.letter != 0 && flag_of_letter(flag.letter, command) == &flag) names = std::string("-") + flag.letter + "," + names;
  return names;
}

// `--max-htpp=4` → "unknown option `--max-htpp`; did you mean `--max-http`?"
std::string unknown_flag(std::string_view argument) {
  const std::string_view given = argument.substr(0, argument.find('='));
  std::string message = "unknown option `" + std::string(given) + "`";
  if (given == "-V") return message + "; did you mean `--version`?";
  if (!given.starts_with("--")) return message;
  std::vector<std::string_view> names = {"help", "version"};
  for (const Flag& flag : flags()) names.push_back(flag.name);
  if (const std::string_view similar = most_similar(given.substr(2), names); !similar.empty()) {
    message += "; did you mean `--" + std::string(similar) + "`?";
  }
  return message;
}

// CLI11 names the option first: "--jobs: 1 required TEXT missing".
std::string missing_value(const std::string& what) {
  return "option `" + what.substr(0, what.find_first_of(": ")) + "` needs a value";
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", line.help);
  app.add_flag("--version", line.version);
  app.add_option("words", line.words);
  const std::string_view command = argc > 1 ? argv[1] : "";
  std::vector<std::pair<const Flag*, CLI::Option*>> options;
  std::vector<std::vector<std::string>> values(flags().size());
  for (const Flag& flag : flags()) {
    const bool takes_value = flag.kind == FlagKind::value || flag.kind == FlagKind::list;
    std::vector<std::string>& slot = values[options.size()];
    CLI::Option* option = takes_value ? app.add_option(with_dashes(flag, command), slot)->allow_extra_args(false)
                                      : app.add_flag(with_dashes(flag, command));
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    options.emplace_back(&flag, option);
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    line.error = missing_value(mismatch.what());
    if (argc > 1 && argv[1][0] != '-') line.words = {argv[1]};  // enough to know the command
    return line;
  } catch (const CLI::ParseError& error) {
    line.error = error.what();
    return line;
  }
  std::vector<std::string> unknown = app.remaining();
  std::erase(unknown, "--");
  if (!unknown.empty()) {
    line.error = unknown_flag(unknown.front());
    return line;
  }
  for (const auto& [flag, option] : options) {
    if (option->count() > 0) line.given[flag->name] = option->results();
  }
  return line;
}

}  // namespace corun
