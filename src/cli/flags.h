// The flags of all commands as one table, and what a command line says of them, still as text. Knows nothing of their values.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace corun {

/// The commands, as bits of Flag::commands.
enum class CommandKind : std::uint32_t {
  run = 1,
  check = 2,
  plan = 4,
  resume = 8,
  history = 16,
  logs = 32,
  breaker = 64,
  cache = 128,
  lock = 256,
  cron = 512,
  systemd = 1024,
  init = 2048,
  explain = 4096,
  schema = 8192,
  completion = 16384,
  complete = 32768,  ///< called by completions
  manual = 65536,    ///< called where the manual is made
  report = 131072,
  graph = 262144,
  ls = 524288,
};

/// The bit of a command in a set of them.
constexpr std::uint32_t bit(CommandKind kind) { return static_cast<std::uint32_t>(kind); }

enum class FlagKind : std::uint8_t {
  on,     ///< given or not
  count,  ///< given any number of times: -vv
  value,  ///< takes a value; the last one counts
  list,   ///< takes a value; may be given again
};

struct Flag {
  std::string_view name;  ///< without the dashes: "max-http"
  char letter;            ///< 0: none; another command may use it for something else
  FlagKind kind;
  std::uint32_t commands;  ///< which know it: bits of CommandKind
  bool of_run = true;      ///< says what is run, so that it also holds where the run is resumed; else how this call shows it
  bool from_environment = true;  ///< it is also read from its variable

  bool of(CommandKind command) const { return (commands & bit(command)) != 0; }
  /// The environment variable it is also read from: "CORUN_MAX_HTTP".
  std::string variable() const;
};

/// Every flag of every command; --help and --version aren't among them.
std::span<const Flag> flags();

/// A command line taken apart.
struct CommandLine {
  std::vector<std::string> words;                                           ///< neither flags nor their values
  std::map<std::string_view, std::vector<std::string>, std::less<>> given;  ///< flag name → values; "" a time for `on`, `count`
  bool help = false;
  bool version = false;
  std::string error;  ///< what can't be understood; "": nothing
};

/// Takes a command line apart: flags may stand anywhere, `--` ends them. An unknown flag gets a suggestion.
CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace corun
