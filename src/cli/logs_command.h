// `corun logs`: what a job has written. Knows nothing of job files.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Shows the output of a job of a past run, or of one that runs; gives the exit code. Throws SetupError if there is no such job.
///
/// Bytes go out as they are, to a terminal too: what the job showed there live looks the same.
int logs_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
