// How long jobs took in past runs of a file. Knows nothing of what is made of it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "state/database.h"

namespace corun {

/// A job that ran and succeeded, from its first attempt to its end. False: no more are wanted.
using TakeTime = std::function<bool(std::string_view job, Duration took)>;

/// Tells `take` of the jobs of the last runs of `file` (an absolute path), newest run first; of `most_runs` runs, and of no more
/// than `most_rows` jobs. What goes wrong in the database is thrown as DatabaseError.
void take_past_times(Database& database, std::string_view file, std::size_t most_runs, std::size_t most_rows,
                     const TakeTime& take);

}  // namespace corun
