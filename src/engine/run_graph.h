// Carries out a `graph`: another file's jobs as one attempt of a job. Knows nothing of retries.
#pragma once

#include "engine/attempt.h"

namespace corun {

/// Runs the jobs of the graph's file with the variables it is given. If all is well and somebody looks, the result has what the
/// file's `outputs` give. `may_restore`: what an earlier run has done of them needn't be done again.
Task<AttemptResult> run_graph(RunContext& run, const AttemptRequest& request, const GraphSpec& spec, bool may_restore,
                              CancelScope& scope);

}  // namespace corun
