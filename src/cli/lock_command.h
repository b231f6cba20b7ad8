// `corun lock ls`: who has which lock. Knows nothing of how locks are taken.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Writes a line a lock to standard output; gives the exit code.
int lock_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
