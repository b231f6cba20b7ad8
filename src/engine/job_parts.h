// What expressions can find in `.jobs.NAME` of a job. Knows nothing of results.
#pragma once

#include "expr/check.h"
#include "graph/job.h"

namespace corun {

/// Judges `.jobs.NAME.PART.FIELD` for a job that may be referred to: is there such a part, can there be such an output?
JobReference check_part(const Job& job, const Reference& wanted);

}  // namespace corun
