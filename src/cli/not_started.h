// Tells the dead man's switch of a run that couldn't even start: its file is invalid, a secret is missing. Knows nothing of runs.
#pragma once

#include "cli/arguments.h"
#include "cli/color.h"
#include "cli/setup_error.h"

namespace corun {

/// Sends `/fail` with what `error` says, if a switch is asked for: by the command line, or by a job file that can be read so far.
/// Takes as long as any ping.
void tell_not_started(const Arguments& arguments, const GetVariable& variable, const SetupError& error);

}  // namespace corun
