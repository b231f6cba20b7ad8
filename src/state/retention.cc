// Old runs go. Knows nothing of when.
#include "state/retention.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/unique_fd.h"
#include "state/run_lock.h"
#include "state/run_rows.h"

namespace corun {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRowsAtOnce = 500;  // well under a millisecond
constexpr std::uint64_t kLongLog = std::uint64_t{1} << 20;
// Free pages are given back once there are so many, and more of them than used ones: what grows again needn't shrink.
constexpr std::int64_t kManyFreePages = 512;
constexpr std::int64_t kPagesAtOnce = 64;

std::int64_t integer_of(Database& database, const char* query) {
  Statement value = database.prepare(query);
  return value.next() ? value.integer(0) : 0;
}

}  // namespace

std::vector<StoredRun> surplus(const std::vector<StoredRun>& runs, std::int64_t now, const RetentionLimits& limits) {
  std::vector<StoredRun> rest;
  std::unordered_map<std::string_view, std::size_t> of_file;
  std::unordered_set<std::string_view> needed;
  std::unordered_set<std::string_view> run_before;  // files
  std::unordered_set<std::string_view> succeeded_before;
  std::size_t kept = 0;
  std::uint64_t bytes = 0;
  const auto before = [now](Duration age) { return now - std::chrono::duration_cast<std::chrono::milliseconds>(age).count(); };
  const std::int64_t oldest = before(limits.age);
  const std::int64_t oldest_last = before(limits.age_of_last);
  for (const StoredRun& run : runs) {
    const std::uint64_t size = run.bytes.value_or(0);
    const bool last_of_file = run_before.insert(run.file).second;
    const bool last_success = run.succeeded && succeeded_before.insert(run.file).second;
    const bool is_last = (last_of_file || last_success) && run.started >= oldest_last && kept < limits.runs;
    const bool fits = is_last ? bytes + size <= limits.bytes
                              : run.started >= oldest && kept < limits.runs && bytes + size <= limits.bytes &&
                                    of_file[run.file] < limits.runs_of_file;
    const bool is_needed = needed.contains(run.id);
    if (!fits && !is_needed && &run != &runs.front()) {
      rest.push_back(run);
      rest.back().stays_known = is_last;
      if (is_last) ++kept;
      continue;
    }
    ++kept;
    ++of_file[run.file];
    bytes += size;
    // What a run takes up is older, so it comes later.
    if (!run.earlier.empty() && (is_needed || !run.succeeded)) needed.insert(run.earlier);
  }
  return rest;
}

Duration time_to_remove(std::size_t runs, Duration most) {
  constexpr std::size_t kFew = 10;
  constexpr std::size_t kMostTimes = 10;
  return most * std::clamp<std::size_t>(runs / kFew, 1, kMostTimes);
}

std::vector<StoredRun> Retention::stored_runs() {
  std::vector<StoredRun> runs;
  Statement query =
      database_.prepare("SELECT number, id, file, earlier, started, bytes, exit_code IS 0 FROM run ORDER BY number DESC");
  while (query.next()) {
    StoredRun& run = runs.emplace_back();
    run.number = query.integer(0);
    run.id = query.text(1);
    run.file = query.text(2);
    run.earlier = query.text(3);
    run.started = query.integer(4);
    if (!query.is_null(5)) run.bytes = static_cast<std::uint64_t>(query.integer(5));
    run.succeeded = query.integer(6) != 0;
  }
  return runs;
}

// One that was killed has said nothing of its size.
void Retention::measure(StoredRun& run) {
  if (RunLock::is_taken(directory_, run.number)) return;
  std::error_code error;
  std::uint64_t bytes = 0;
  for (fs::directory_iterator file(runs_directory_ + '/' + run.id, error), end; !error && file != end; file.increment(error)) {
    std::error_code unknown;
    const std::uintmax_t size = file->file_size(unknown);
    if (!unknown) bytes += size;
  }
  run.bytes = bytes;
  Statement note = database_.prepare("UPDATE run SET bytes = ? WHERE number = ?");
  database_.write([&] { note.with(bytes, run.number).run(); });
}

bool Retention::prune(std::int64_t now, const RetentionLimits& limits, Duration most) {
  deadline_ = std::chrono::steady_clock::now() + most;
  std::vector<StoredRun> runs = stored_runs();
  for (StoredRun& run : runs) {
    if (!run.bytes && in_time()) measure(run);
  }
  std::vector<StoredRun> old = surplus(runs, now, limits);
  deadline_ += time_to_remove(old.size(), most) - most;
  bool done = true;
  for (auto run = old.rbegin(); run != old.rend() && done; ++run) done = in_time() && remove(*run);
  done = done && remove_unknown_logs(runs, limits.unknown_logs);
  if (done) shrink();
  if (database_.log_size() > kLongLog) database_.checkpoint();
  return done;
}

// Gives pages that nothing is in any more back to the file system, a few at a time.
void Retention::shrink() {
  const std::int64_t free = integer_of(database_, "PRAGMA freelist_count");
  if (free < kManyFreePages || free * 2 < integer_of(database_, "PRAGMA page_count")) return;
  const std::string some = "PRAGMA incremental_vacuum(" + std::to_string(kPagesAtOnce) + ")";
  for (std::int64_t given = 0; given < free && in_time(); given += kPagesAtOnce) database_.execute(some.c_str());
}

// False: there was no time for all of it.
bool Retention::remove(const StoredRun& run) {
  const std::optional<RunLock> lock = RunLock::take(directory_, run.number);
  if (!lock || RunLock::is_taken_over(directory_, run.number)) return true;
  if (!remove_logs(run.id) || !remove_rows("job", run.number) || !remove_rows("attempt", run.number)) return false;
  Statement last =
      database_.prepare(run.stays_known ? "UPDATE run SET bytes = 0 WHERE number = ?" : "DELETE FROM run WHERE number = ?");
  database_.write([&] { last.with(run.number).run(); });
  return true;
}

bool Retention::remove_rows(const char* table, std::int64_t number) {
  const std::string name = table;
  const Rows rows = rows_of(number);
  Statement first = database_.prepare("SELECT MIN(id) FROM " + name + " WHERE id BETWEEN ? AND ?");
  Statement some = database_.prepare("DELETE FROM " + name + " WHERE id BETWEEN ? AND ?");
  for (;;) {
    first.with(rows.first, rows.last).next();
    if (first.is_null(0)) return true;
    const std::int64_t begin = first.integer(0);
    first.run();  // reads nothing any more
    database_.write([&] { some.with(begin, std::min(begin + kRowsAtOnce - 1, rows.last)).run(); });
    if (!in_time()) return false;
  }
}

bool Retention::remove_logs(const std::string& id) const {
  const std::string path = runs_directory_ + '/' + id;
  const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory || ::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) return true;  // there are none, or they are being written
  std::error_code error;
  for (fs::directory_iterator file(path, error), end; !error && file != end; file.increment(error)) {
    std::error_code ignored;
    fs::remove(file->path(), ignored);
    if (!in_time()) return false;
  }
  fs::remove(path, error);
  return true;
}

bool Retention::remove_unknown_logs(const std::vector<StoredRun>& known, std::size_t kept) const {
  std::unordered_set<std::string_view> ids;
  for (const StoredRun& run : known) ids.insert(run.id);
  std::vector<std::string> unknown;
  std::error_code error;
  for (fs::directory_iterator run(runs_directory_, error), end; !error && run != end; run.increment(error)) {
    if (std::string name = run->path().filename().string(); !ids.contains(name)) unknown.push_back(std::move(name));
  }
  if (unknown.size() <= kept) return true;
  std::sort(unknown.begin(), unknown.end());  // their names begin with their time
  unknown.resize(unknown.size() - kept);
  return std::all_of(unknown.begin(), unknown.end(), [this](const std::string& id) { return remove_logs(id) && in_time(); });
}

}  // namespace corun
