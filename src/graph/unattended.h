// What a job file says about runs that nobody watches, as plain data. Knows nothing of jobs.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "graph/value.h"

namespace corun {

/// `concurrency`: what a run does while another one of its group is under way.
struct Concurrency {
  enum class OnConflict : std::uint8_t { allow, skip, wait, replace };

  std::optional<Text> group;  ///< nothing: the runs of this file
  OnConflict on_conflict = OnConflict::skip;
  Duration max_age = 24h;  ///< of the other run: one that is older hangs
  Duration grace = 30s;    ///< how long a run that is replaced has to end
};

/// `ping`: whom a run tells that it starts and how it ends.
struct PingSpec {
  Text url;
  bool start = true;  ///< the start, too
};

}  // namespace corun
