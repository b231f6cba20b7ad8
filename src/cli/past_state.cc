// Opens what past runs have left. Knows nothing of what is shown of it.
#include "cli/past_state.h"

#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "base/text.h"
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

PastRun the_run(PastRuns& runs, const PastState& state, const std::string& id) {
  std::vector<PastRun> matching = runs.matching(id, id.empty() ? 1 : 2);
  if (matching.empty() && id.empty()) throw SetupError(kExitNoInput, "there are no runs in `" + state.directory + "`");
  if (matching.empty()) {
    throw SetupError(kExitNoInput, "no run `" + escape_control(id) + "` in `" + escape_control(state.directory) + "`");
  }
  if (matching.size() > 1 && matching.front().id != id) {
    throw SetupError(kExitUsage,
                     "more than one run begins with `" + escape_control(id) + "`: " + matching[0].id + ", " + matching[1].id);
  }
  return std::move(matching.front());
}

void fail_with(const PastState& state, const DatabaseError& error) {
  throw SetupError(kExitNoInput, state.directory + "/corun.db: " + error.what());
}

}  // namespace corun
