// Opens what past runs have left. Knows nothing of what is shown of it.
#include "cli/past_state.h"

#include <unistd.h>

#include <filesystem>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/setup_error.h"
#include "state/store.h"

namespace corun {

PastState open_past_state(const Arguments& arguments, const GetVariable& variable) {
  PastState state;
  state.directory =
      arguments.state_dir.empty() ? default_state_dir(variable) : std::filesystem::absolute(arguments.state_dir).string();
  if (state.directory.empty()) throw SetupError(kExitNoInput, "there is no state directory");
  if (::access((state.directory + "/corun.db").c_str(), F_OK) != 0) {
    throw SetupError(kExitNoInput, "there are no runs in `" + state.directory + "`");
  }
  try {
    state.database = open_database(state.directory);
  } catch (const DatabaseError& error) {
    fail_with(state, error);
  }
  return state;
}

void fail_with(const PastState& state, const DatabaseError& error) {
  throw SetupError(kExitNoInput, state.directory + "/corun.db: " + error.what());
}

}  // namespace corun
