// The values of a command's flags, from the command line or the environment, read as what they should be. Knows nothing of what
// they mean.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "cli/color.h"
#include "cli/flags.h"
#include "cli/help.h"

namespace corun {

/// What the flags of a command are set to, on the command line or by their variables; the first thing that is wrong stays.
class FlagValues {
 public:
  FlagValues(const CommandLine& line, CommandKind command, const GetVariable& variable) : command_(command) {
    for (const Flag& flag : flags()) {
      if (const auto found = line.given.find(flag.name); found != line.given.end()) {
        if (!flag.of(command))
          fail("`--" + std::string(flag.name) + "` isn't an option of `corun " + command_name(command) + "`");
        given_[flag.name] = Given{found->second, "--" + std::string(flag.name), true};
        continue;
      }
      const char* value = flag.of(command) && flag.from_environment ? variable(flag.variable().c_str()) : nullptr;
      if (value == nullptr || *value == '\0') continue;
      given_[flag.name] = Given{flag.kind == FlagKind::list ? lines_of(value) : std::vector<std::string>{value}, flag.variable()};
    }
  }

  const std::string& error() const { return error_; }

  bool on(std::string_view name) {
    const Given* given = find(name);
    if (given == nullptr) return false;
    if (given->on_command_line) return true;
    return choice<bool>(name, {{"1", true}, {"true", true}, {"yes", true}, {"0", false}, {"false", false}, {"no", false}}, false);
  }

  bool on_command_line(std::string_view name) {
    const Given* given = find(name);
    return given != nullptr && given->on_command_line;
  }

  int count(std::string_view name) {
    const Given* given = find(name);
    if (given == nullptr) return 0;
    if (given->on_command_line) return static_cast<int>(given->values.size());
    return static_cast<int>(number(name, 0, 9, "a number from 0 to 9").value_or(0));
  }

  std::string text(std::string_view name) {
    const Given* given = find(name);
    return given == nullptr ? std::string() : given->values.back();
  }

  std::vector<std::string> list(std::string_view name) {
    const Given* given = find(name);
    return given == nullptr ? std::vector<std::string>() : given->values;
  }

  std::optional<std::uint32_t> number(std::string_view name, std::uint32_t least, std::uint32_t most, std::string_view expected) {
    const Given* given = find(name);
    if (given == nullptr) return std::nullopt;
    const std::string& value = given->values.back();
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failure == std::errc() && end == value.data() + value.size() && number >= least && number <= most) return number;
    wrong_value(*given, expected);
    return std::nullopt;
  }

  std::optional<Duration> duration(std::string_view name) {
    const Given* given = find(name);
    if (given == nullptr) return std::nullopt;
    std::optional<Duration> duration = parse_duration(given->values.back());
    if (!duration || *duration <= Duration(0)) wrong_value(*given, "a duration such as `90s` or `1h30m`");
    return duration;
  }

  template <typename T>
  T choice(std::string_view name, std::initializer_list<std::pair<std::string_view, T>> choices, T otherwise) {
    const Given* given = find(name);
    if (given == nullptr) return otherwise;
    std::string expected;
    for (auto it = choices.begin(); it != choices.end(); ++it) {
      if (it->first == given->values.back()) return it->second;
      expected += it == choices.begin() ? "" : std::next(it) == choices.end() ? " or " : ", ";
      expected += it->first;
    }
    wrong_value(*given, expected);
    return otherwise;
  }

  /// The value of `name` isn't what is expected.
  void wrong_value(std::string_view name, std::string_view expected) {
    if (const Given* given = find(name)) wrong_value(*given, expected);
  }

  void fail(const std::string& message) {
    if (error_.empty()) error_ = message;
  }

 private:
  // Where a flag's value was found: the command line, or its variable.
  struct Given {
    std::vector<std::string> values;
    std::string where;  // "--jobs" or "CORUN_JOBS"
    bool on_command_line = false;
  };

  static std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      if (!line.empty()) lines.emplace_back(line);
      text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return lines;
  }

  const Given* find(std::string_view name) const {
    const auto found = given_.find(name);
    return found == given_.end() || found->second.values.empty() ? nullptr : &found->second;
  }
  void wrong_value(const Given& given, std::string_view expected) {
    fail(given.where + ": expected " + std::string(expected) + ", not `" + given.values.back() + "`");
  }

  CommandKind command_;
  std::map<std::string_view, Given> given_;
  std::string error_;
};

}  // namespace corun
