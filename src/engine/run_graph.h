// Carries out a `graph`: another file's jobs as one attempt of a job. Knows nothing of retries.
#pragma once

#include "engine/attempt.h"

namespace corun {

/// Runs the jobs of the graph's file with the variables it is given. If all is well and somebody looks, the result has what the
/// file's `outputs` give.
Task<AttemptResult> run_graph(RunContext& run, const AttemptRequest& request, const GraphSpec& spec, CancelScope& scope);

}  // namespace corun
