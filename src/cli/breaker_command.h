// `corun breaker`: looks at the breakers that runs share, and sets them by hand. Knows nothing of running.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Does what `arguments.words` say: `ls`, `open`, `close` or `reset`, then a breaker's name and its file. Gives the exit code.
/// Throws SetupError.
int breaker_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
