// What the command line says of the policies of all jobs. Knows nothing of argv.
#pragma once

#include <cstdint>

#include "graph/job.h"

namespace corun {

/// `--retries`: after a failed first attempt so many more, for every job that doesn't say so itself; what its defaults say of
/// pauses stays. Groups aren't tried again as a whole because of that, what is inside of them is.
void override_retries(JobFile& file, std::uint32_t retries);

}  // namespace corun
