// Why a ticket wasn't admitted, in words. Knows nothing of what follows from it.
#pragma once

#include "engine/run_context.h"

namespace corun {

/// The outcome of the attempt that never was: `verdict` isn't `admitted`; `reason` is that of a cancelled one.
Outcome rejection(const RunContext& run, const Job& job, Ticket::Verdict verdict, const Ticket& ticket, CancelReason reason);

}  // namespace corun
