// Carries out a `graph`: another file's jobs as one attempt of a job. Knows nothing of retries.
#pragma once

#include "engine/attempt.h"

namespace corun {

/// Runs the jobs of the graph's file with the variables it is given. If all is well and somebody looks, the result has what the
/// file's `outputs` give. `counts_from`: the number of the first earlier run of whose work on them something counts.
Task<AttemptResult> run_graph(RunContext& run, const AttemptRequest& request, const GraphSpec& spec, std::int64_t counts_from,
                              CancelScope& scope);

}  // namespace corun
