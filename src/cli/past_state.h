// Opens what past runs have left for commands that only look at it. Knows nothing of what they show.
#pragma once

#include <memory>

#include "cli/arguments.h"
#include "state/database.h"
#include "state/past_runs.h"

namespace corun {

/// The database of a state directory that is there already.
struct PastState {
  std::string directory;
  std::unique_ptr<Database> database;
};

/// Opens it. Throws SetupError if no run has been kept there, or it can't be read.
PastState open_past_state(const Arguments& arguments, const GetVariable& variable);

/// The run whose id begins with `id`; "": the newest one. Throws SetupError if there is none, or more than one.
PastRun the_run(PastRuns& runs, const PastState& state, const std::string& id);

/// What a command says of trouble with the database.
[[noreturn]] void fail_with(const PastState& state, const DatabaseError& error);

}  // namespace corun
