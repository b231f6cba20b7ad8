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
#include "report/json_object.h"
#include "report/output_stream.h"
#include "report/words.h"

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

std::string list_text(const std::vector<LockHolder>& holders, WallTime now) {
  std::vector<Row> rows{{"LOCK", "STATE", "FOR", "PID", "RUN"}};
  for (const LockHolder& holder : holders) rows.push_back(row_of(holder, now));
  return rows.size() > 1 ? table_text(rows) : std::string();
}

std::string list_json(const std::vector<LockHolder>& holders) {
  std::string text;
  JsonObject document(text);
  document.number("v", 1);
  std::string& out = document.field("locks");
  append_list(out, holders, [&out](const LockHolder& holder) {
    const std::optional<bool> alive = is_alive(holder);
    JsonObject object(out);
    object.text("lock", holder.lock);
    object.text("state", !alive ? "unknown" : *alive ? "taken" : "free");
    if (!alive || *alive) {
      object.text("since", format_wall_time(WallTime(std::chrono::milliseconds(holder.since))));
      object.number("pid", holder.pid);
      object.text("run", holder.run);
      object.text("file", holder.file);
    }
    object.end();
  });
  document.end();
  return text + '\n';
}

}  // namespace

int lock_command(const Arguments& arguments, const GetVariable& variable) {
  const std::string directory = state_directory(arguments, variable);
  if (directory.empty()) throw SetupError(kExitNoInput, "there is no state directory");
  const WallTime now = std::chrono::system_clock::now();
  const std::vector<LockHolder> holders = lock_holders(directory);
  OutputStream out(STDOUT_FILENO);
  out.append(arguments.output == OutputFormat::json ? list_json(holders) : list_text(holders, now));
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
