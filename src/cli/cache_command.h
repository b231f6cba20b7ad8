// `corun cache`: what is kept of jobs, and how to get rid of it. Knows nothing of runs.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Lists or prunes, as `arguments` say. Gives the exit code; throws SetupError.
int cache_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
