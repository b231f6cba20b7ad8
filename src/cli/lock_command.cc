// `corun lock ls`. Knows nothing of how locks are taken.
#include "cli/lock_command.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "cli/table.h"
#include "cli/take_lock.h"
#include "report/output_stream.h"

namespace corun {
namespace {

using Row = std::vector<std::string>;

Row row_of(const LockHolder& holder, WallTime now) {
  const std::optional<bool> alive = is_alive(holder);
  // A run that was killed has left its words, and nothing else.
  if (alive && !*alive) return {escape_control(holder.lock), "free", "-", "-", "-"};
  const auto since = std::chrono::milliseconds(holder.since);
  const Duration age = std::max<Duration>(now.time_since_epoch() - since, Duration(0));
  return {escape_control(holder.lock), alive ? "taken" : "unknown", format_elapsed(age), std::to_string(holder.pid),
          escape_control(holder.run)};
}

}  // namespace

int lock_command(const Arguments& arguments, const GetVariable& variable) {
  const std::string directory = state_directory(arguments, variable);
  if (directory.empty()) throw SetupError(kExitNoInput, "there is no state directory");
  const WallTime now = std::chrono::system_clock::now();
  std::vector<Row> rows{{"LOCK", "STATE", "FOR", "PID", "RUN"}};
  for (const LockHolder& holder : lock_holders(directory)) rows.push_back(row_of(holder, now));
  OutputStream out(STDOUT_FILENO);
  if (rows.size() > 1) out.append(table_text(rows));
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
