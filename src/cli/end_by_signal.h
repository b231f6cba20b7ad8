// What is done when a run is over, and may be ended by a signal. Knows nothing of what that is.
#pragma once

#include "loop/cancel.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "loop/task.h"

namespace corun {

/// Carries out `task`, whose scope is `scope`; a signal to end cancels that, and does nothing else.
void run_until_signal(Loop& loop, SignalSource& signals, CancelScope& scope, Task<void> task);

}  // namespace corun
