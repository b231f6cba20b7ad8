// The power fails at any moment: what the journal has on the disk by then is sound, and lacks at most the last second. A layer
// below SQLite knows what has been synced; of what was written since, any part may be there. Knows nothing of the journal's rows.
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "catch.h"
#include "state/past_runs.h"
#include "state/run_journal.h"
#include "temporary_directory.h"

using namespace corun;

namespace {

// What is on the disk of one file for certain, and what has been done to it since.
struct DiskFile {
  struct Change {
    std::size_t offset = 0;
    std::string bytes;
    bool truncates = false;
  };

  void apply(const Change& change) { apply(change, synced); }
  static void apply(const Change& change, std::string& content) {
    if (change.truncates) return content.resize(change.offset);
    content.resize(std::max(content.size(), change.offset + change.bytes.size()));
    content.replace(change.offset, change.bytes.size(), change.bytes);
  }
  void sync() {
    for (const Change& change : changes) apply(change);
    changes.clear();
    exists = true;
  }
  // Any of the changes may have come through, the last of them in part.
  std::string after_power_cut(std::mt19937& random) const {
    constexpr std::size_t kSector = 512;
    std::string content = synced;
    const std::uint_fast32_t likely = random() % 5;
    for (const Change& change : changes) {
      if (random() % 4 >= likely) continue;
      Change part = change;
      if (!part.truncates && random() % 8 == 0) part.bytes.resize(std::min(part.bytes.size(), random() % 9 * kSector));
      apply(part, content);
    }
    return content;
  }

  std::string synced;
  std::vector<Change> changes;
  bool exists = false;  // also after a power cut
};

using Disk = std::map<std::string, DiskFile>;

// SQLite's own layer, with everything that changes a file told to a `Disk`.
class WatchedFiles {
 public:
  WatchedFiles() : below_(sqlite3_vfs_find(nullptr)) {
    current_ = this;
    vfs_ = *below_;
    vfs_.zName = "watched";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + below_->szOsFile;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~WatchedFiles() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(below_, 1);
    current_ = nullptr;
  }
  WatchedFiles(const WatchedFiles&) = delete;
  WatchedFiles& operator=(const WatchedFiles&) = delete;

  Disk disk;

 private:
  struct File {
    sqlite3_file base;
    DiskFile* disk;  // null: a temporary one
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  template <auto Method, typename... Arguments>
  static auto pass(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* below = of(file).below();
    return (below->pMethods->*Method)(below, arguments...);
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* opened = new (file) File{};
    const int code = current_->below_->xOpen(current_->below_, name, opened->below(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    opened->base.pMethods = &kMethods;
    if (name != nullptr) opened->disk = &current_->disk[name];
    return code;
  }
  static int remove(sqlite3_vfs*, const char* name, int sync_directory) {
    current_->disk[name] = DiskFile();
    return current_->below_->xDelete(current_->below_, name, sync_directory);
  }
  static int close(sqlite3_file* file) { return pass<&sqlite3_io_methods::xClose>(file); }
  static int read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
    return pass<&sqlite3_io_methods::xRead>(file, bytes, count, offset);
  }
  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
    if (DiskFile* disk = of(file).disk) {
      disk->changes.push_back(
          {static_cast<std::size_t>(offset), {static_cast<const char*>(bytes), static_cast<std::size_t>(count)}, false});
    }
    return pass<&sqlite3_io_methods::xWrite>(file, bytes, count, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (DiskFile* disk = of(file).disk) disk->changes.push_back({static_cast<std::size_t>(size), {}, true});
    return pass<&sqlite3_io_methods::xTruncate>(file, size);
  }
  static int sync(sqlite3_file* file, int) {
    if (DiskFile* disk = of(file).disk) disk->sync();
    return SQLITE_OK;  // the real disk needn't be waited for
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) { return pass<&sqlite3_io_methods::xFileSize>(file, size); }
  static int lock(sqlite3_file* file, int level) { return pass<&sqlite3_io_methods::xLock>(file, level); }
  static int unlock(sqlite3_file* file, int level) { return pass<&sqlite3_io_methods::xUnlock>(file, level); }
  static int check_lock(sqlite3_file* file, int* out) { return pass<&sqlite3_io_methods::xCheckReservedLock>(file, out); }
  static int control(sqlite3_file* file, int what, void* argument) {
    return pass<&sqlite3_io_methods::xFileControl>(file, what, argument);
  }
  static int sector_size(sqlite3_file* file) { return pass<&sqlite3_io_methods::xSectorSize>(file); }
  // Nothing is promised of a write that isn't synced.
  static int device(sqlite3_file*) { return 0; }
  static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** map) {
    return pass<&sqlite3_io_methods::xShmMap>(file, page, size, extend, map);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return pass<&sqlite3_io_methods::xShmLock>(file, offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { pass<&sqlite3_io_methods::xShmBarrier>(file); }
  static int shm_unmap(sqlite3_file* file, int deletes) { return pass<&sqlite3_io_methods::xShmUnmap>(file, deletes); }

  static constexpr sqlite3_io_methods kMethods{2,        close,       read,       write,   truncate,    sync,   file_size,
                                               lock,     unlock,      check_lock, control, sector_size, device, shm_map,
                                               shm_lock, shm_barrier, shm_unmap,  nullptr, nullptr};
  static WatchedFiles* current_;
  sqlite3_vfs* below_;
  sqlite3_vfs vfs_{};
};

WatchedFiles* WatchedFiles::current_ = nullptr;

class SteppedClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(1h) + passed; }
  WallTime wall_now() const override { return WallTime(1'790'000'000s) + passed; }
  bool skip_to(TimePoint) override { return false; }

  Duration passed{};
};

// What is left of `disk` after a power cut, as the next process finds it: how many of the jobs are kept.
std::size_t kept_after_power_cut(const Disk& disk, std::mt19937& random) {
  const TemporaryDirectory after;
  for (const auto& [path, file] : disk) {
    if (!file.exists && random() % 2 == 0) continue;
    const std::string content = file.after_power_cut(random);
    if (path.ends_with("-journal") && content.empty()) continue;
    std::ofstream(after / path.substr(path.rfind('/') + 1), std::ios::binary) << content;
  }
  Store store(after.path, [](std::string_view message) { FAIL(message); });
  REQUIRE(store.database() != nullptr);
  Statement check = store.database()->prepare("PRAGMA integrity_check");
  REQUIRE(check.next());
  REQUIRE(check.text(0) == "ok");
  while (check.next()) continue;
  PastRuns runs(*store.database(), after.path);
  const std::optional<PastRun> run = runs.last_of("");
  if (!run) return 0;
  const EarlierJobs jobs = runs.jobs_of({*run});
  for (std::size_t i = 0; i < jobs.size(); ++i) REQUIRE(jobs.at("j" + std::to_string(i)).data == std::to_string(i));  // no gap
  return jobs.size();
}

}  // namespace

TEST_CASE("after a power cut the store is sound, and at most the last second is lost") {
  constexpr int kCuts = 60;
  std::mt19937 random(20261124);
  int lost_something = 0;
  for (int cut = 0; cut < kCuts; ++cut) {
    const TemporaryDirectory before;
    Disk disk;
    std::size_t settled = 0;  // jobs that ended more than a second before
    {
      WatchedFiles files;
      SteppedClock clock;
      Store store(before.path, [](std::string_view message) { FAIL(message); });
      RunRecord record;
      record.id = "r1";
      record.arguments = "[]";
      RunJournal journal(store, record, clock);
      std::vector<TimePoint> ends;
      const Duration length = std::chrono::milliseconds(random() % 4000);
      while (clock.passed < length) {
        JobResult result;
        result.state = JobState::succeeded;
        const std::string name = "j" + std::to_string(ends.size());
        JobRecord job{name, JobLevel::top, result};
        job.data = std::to_string(ends.size());
        journal.job_ended(job);
        ends.push_back(clock.now());
        if (random() % 3 == 0) journal.settle();
        if (random() % 40 == 0) store.database()->checkpoint();
        const TimePoint next = clock.now() + std::chrono::milliseconds(random() % 100);
        while (clock.now() < next) {  // as the loop does it
          journal.turn_ended();
          clock.passed = std::clamp(journal.due(), clock.now() + 1ms, next) - TimePoint(1h);
        }
      }
      const bool ended = random() % 4 == 0;
      if (ended) journal.run_ended(1, "failed", 0);
      settled = static_cast<std::size_t>(
          std::count_if(ends.begin(), ends.end(), [&](TimePoint end) { return ended || end + 1s <= clock.now(); }));
      disk = files.disk;
      const std::size_t kept = kept_after_power_cut(disk, random);
      CHECK(kept >= settled);
      lost_something += static_cast<int>(kept < ends.size());
    }
  }
  CHECK(lost_something > kCuts / 10);  // else nothing was cut
}
