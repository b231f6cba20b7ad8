// What `--help` says. Knows nothing of how flags are read.
#pragma once

#include <string>

#include "cli/flags.h"

namespace corun {

/// The help of corun as a whole: commands, examples, exit codes.
std::string general_help();

/// The help of one command: its flags in groups, examples.
std::string command_help(CommandKind command);

/// How a command is called, for usage errors: "run"; "" for none.
std::string command_name(CommandKind command);

}  // namespace corun
