// `corun report`: documents about a past run. Knows nothing of what is in them.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Writes the documents that are asked for, or says on standard output how the run went; gives the exit code. Throws SetupError
/// if there is no such run.
int report_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
