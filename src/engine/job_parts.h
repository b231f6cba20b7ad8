// What expressions can find in `.jobs.NAME` of a job, and in its `.previous`. Knows nothing of results.
#pragma once

#include <cstdint>

#include "expr/check.h"
#include "graph/job.h"

namespace corun {

/// Judges `.jobs.NAME.PART.FIELD` for a job that may be referred to: is there such a part, can there be such an output?
JobReference check_part(const Job& job, const Reference& wanted);

/// From where a job's expression looks.
enum class Standpoint : std::uint8_t { action, result, callback };

/// Judges `.jobs.NAME.PART` where NAME is the job itself: it isn't there, and something else is.
JobReference refused_self(const Reference& wanted, Standpoint from);

/// Judges `.previous.NAME` in a round of `job`: does it give outputs, can there be such an output?
JobReference check_previous(const Job& job, const Reference& wanted);

/// `.previous` where it can't be seen, by `job` or, if null, by what is of no job.
RefusedName refused_previous(const Job* job);

}  // namespace corun
