// Secrets that a job shows to everybody on the machine. Knows nothing of where else expressions may stand.
#pragma once

#include <optional>

#include "expr/template.h"
#include "graph/job.h"
#include "io/executor.h"

namespace corun {

/// A warning if `command`, made of `run` with stand-ins for secrets, has one among the arguments of a program.
std::optional<ExpressionError> exposed_secret(const RunSpec& run, const ProcessCommand& command);

}  // namespace corun
