// `corun history`: past runs as a table or as JSON. Knows nothing of job files.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Lists past runs, newest first; gives the exit code. Throws SetupError if there are none.
int history_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
