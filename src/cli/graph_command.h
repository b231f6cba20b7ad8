// `corun graph` and `corun ls`: what jobs a file has, and how they hang together. Knows nothing of running.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// `corun graph FILE`. Throws SetupError.
int graph_command(const Arguments& arguments, const GetVariable& variable);

/// `corun ls FILE`. Throws SetupError.
int ls_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
