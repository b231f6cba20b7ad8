// What `--help` says, made of the tables of commands and flags. Knows nothing of how flags are read.
#pragma once

#include <string>

#include "cli/commands.h"
#include "cli/flags.h"

namespace corun {

/// The help of corun as a whole: commands, examples, exit codes.
std::string general_help();

/// The help of one command: its flags in groups, examples.
std::string command_help(CommandKind command);

/// The exit codes and what they mean, a line each.
std::string exit_codes_text();

}  // namespace corun
