// The commands as one table: help, the manual and completions are made of it. Knows nothing of what commands do.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cli/flags.h"

namespace corun {

/// What may stand behind a command, or be the value of a flag: what shells complete.
enum class Words : std::uint8_t {
  none,
  text,      ///< anything
  choice,    ///< one of those that are listed
  job_file,  ///< a path, or `-`
  file,
  directory,
  job,          ///< of the job file that is named before
  job_pattern,  ///< the same, as a glob
  tag,          ///< of jobs of the job file
  past_job,     ///< of an earlier run
  run,          ///< the id of an earlier run
  breaker,      ///< of an earlier run
  code,         ///< of a diagnostic
  variable,     ///< of the job file: `K=V`
  secret,       ///< of the job file: `NAME`, `NAME=@FILE`
};

/// A command. To add one: its bit in CommandKind, its row here, its flags, its case in main.cc.
struct Command {
  CommandKind kind;
  std::string_view name;
  std::string_view usage;           ///< behind "corun ", a line each
  std::string_view summary;         ///< what it does, in some words
  std::string_view text;            ///< what --help says between usage and flags
  std::string_view choices = {};    ///< of Words::choice: "ls|prune"
  std::array<Words, 4> words = {};  ///< by position; the last that isn't `none` may come again if `any_number`
  bool any_number = false;
  std::string_view examples = {};  ///< lines below the flags
};

/// Every command that people type, in the order of --help.
std::span<const Command> commands();

/// The command of this name, or null.
const Command* find_command(std::string_view name);

/// The row of a command; null for those that only programs call.
const Command* find_command(CommandKind kind);

/// How a command is called, for usage errors: "run"; "" for none.
std::string command_name(CommandKind command);

}  // namespace corun
