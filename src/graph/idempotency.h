// Whether a job may be done twice. Knows nothing of who does it.
#pragma once

#include "graph/job.h"

namespace corun {

/// Whether the server can tell that two requests are one.
bool has_idempotency_key(const HttpSpec& spec);

/// Whether its action has the same effect if it is done twice: its job says so, or it is a request that is known to.
bool may_be_done_twice(const Job& job);

/// The hedge of a job; null: it has none. One from the defaults is only for what may be done twice, and at the same time.
const HedgeSettings* hedge_of(const Job& job);

/// The key, as people know it, of what of `job` can't be there twice at the same time; "": nothing.
std::string_view held_alone(const Job& job);

}  // namespace corun
