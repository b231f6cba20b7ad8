// Tables of entries for people and JSON for programs. Knows nothing of runs.
#include "cli/cache_command.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "cli/table.h"
#include "report/json_object.h"
#include "report/words.h"
#include "state/cache_list.h"
#include "state/store.h"

namespace corun {
namespace {

constexpr std::size_t kShownDigits = 12;

std::string size_words(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", size, kUnits[unit]);
  return text.data();
}

// The largest unit alone: an age needn't be exact.
std::string age_words(Duration age) {
  using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
  age = std::max(age, Duration(0));
  if (age >= Days(1)) return std::to_string(std::chrono::duration_cast<Days>(age).count()) + "d";
  if (age >= 1h) return std::to_string(std::chrono::duration_cast<std::chrono::hours>(age).count()) + "h";
  if (age >= 1min) return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(age).count()) + "m";
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(age).count()) + "s";
}

std::string list_text(const std::vector<CacheListing>& list, WallTime now) {
  std::uint64_t bytes = 0;
  std::vector<std::vector<std::string>> rows{{"KEY", "STORED", "USED", "SIZE", "JOB", "FILE"}};
  for (const CacheListing& entry : list) {
    bytes += entry.bytes;
    std::string job = escape_control(entry.job);
    if (entry.kind != "none") job += " (failure)";
    rows.push_back({entry.key.substr(0, kShownDigits), age_words(now - entry.stored), age_words(now - entry.used),
                    size_words(entry.bytes), std::move(job), escape_control(entry.file)});
  }
  if (list.empty()) return "the cache is empty\n";
  return table_text(rows) + std::to_string(list.size()) + (list.size() == 1 ? " entry, " : " entries, ") + size_words(bytes) +
         '\n';
}

std::string list_json(const std::vector<CacheListing>& list) {
  std::string text;
  JsonObject document(text);
  document.number("v", 1);
  std::string& out = document.field("entries");
  append_list(out, list, [&out](const CacheListing& entry) {
    JsonObject object(out);
    object.text("key", entry.key);
    object.text("job", entry.job);
    object.text("file", entry.file);
    object.text("stored", format_wall_time(entry.stored));
    object.text("used", format_wall_time(entry.used));
    object.number("bytes", static_cast<std::int64_t>(entry.bytes));
    object.boolean("failure", entry.kind != "none");
    object.end();
  });
  document.end();
  return text + '\n';
}

std::string pruned_words(const CachePruned& pruned, OutputFormat format) {
  if (format == OutputFormat::text) {
    return "removed " + std::to_string(pruned.entries) + (pruned.entries == 1 ? " entry, " : " entries, ") +
           size_words(pruned.bytes) + '\n';
  }
  std::string text;
  JsonObject document(text);
  document.number("v", 1);
  document.number("removed", static_cast<std::int64_t>(pruned.entries));
  document.number("bytes", static_cast<std::int64_t>(pruned.bytes));
  document.end();
  return text + '\n';
}

}  // namespace

int cache_command(const Arguments& arguments, const GetVariable& variable) {
  const std::string directory = state_directory(arguments, variable);
  std::string problem;
  Store store(directory, [&problem](std::string_view message) { problem = message; });
  Database* database = store.database();
  if (database == nullptr) throw SetupError(kExitNoInput, problem.empty() ? "there is no state directory" : problem);
  const WallTime now = SystemClock().wall_now();
  std::string text;
  try {
    if (arguments.cache_action == CacheAction::prune) {
      const std::optional<WallTime> before = arguments.older_than ? std::optional(now - *arguments.older_than) : std::nullopt;
      text = pruned_words(prune_cache(*database, before), arguments.output);
    } else {
      const std::vector<CacheListing> list = list_cache(*database);
      text = arguments.output == OutputFormat::text ? list_text(list, now) : list_json(list);
    }
  } catch (const DatabaseError& error) {
    throw SetupError(kExitCantWrite, directory + "/corun.db: " + error.what());
  }
  const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return written ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
