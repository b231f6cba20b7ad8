// `corun check`: every finding in a job file, in one pass. Knows nothing of running.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Shows what is wrong with the file: for people on standard error, in the other formats on standard output. Gives the exit
/// code: 0 if nothing but warnings was found. Throws SetupError if the file can't be read.
int check_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
