// How long the jobs of a file took in earlier runs. Knows nothing of what is made of it.
#pragma once

#include <string_view>

#include "report/estimate.h"
#include "state/store.h"

namespace corun {

/// The times of top-level jobs that succeeded, of the last runs of `file` (an absolute path); costs a few milliseconds at most.
EarlierTimes earlier_times(Store& store, std::string_view file);

}  // namespace corun
