// What is kept of past runs: the rules, and that rows, logs and the size of the file follow them.
#include "state/retention.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "catch.h"
#include "state/log_store.h"
#include "state/run_lock.h"
#include "state/run_rows.h"
#include "state/store.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kDay = 24LL * 3600 * 1000;
constexpr Duration kLong = std::chrono::minutes(1);

// A state directory with runs that never were.
class State {
 public:
  State() : database_(open_database(directory_.path)) {}

  std::string directory() const { return directory_.path; }
  Database& database() { return *database_; }

  // A run with so many jobs and logs; returns its number.
  std::int64_t add(const std::string& id, std::int64_t started, int jobs = 1, const std::string& earlier = "",
                   bool ended = true) {
    Statement run = database_->prepare(
        "INSERT INTO run(id, file, name, directory, arguments, earlier, jobs, started, ended, exit_code, verdict, bytes) "
        "VALUES(?, '/f', 'f', '/', '[]', ?, 1, ?, ?, ?, ?, ?)");
    Statement job = database_->prepare(
        "INSERT INTO job VALUES(?, 'a', 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'a message', '', 0, 0, "
        "'{\"some\":\"data\"}')");
    Statement attempt = database_->prepare("INSERT INTO attempt VALUES(?, 'a', 1, 0, 0, 0, '', 0, 0)");
    std::int64_t number = 0;
    const auto end = ended ? std::optional<std::int64_t>(started) : std::nullopt;
    const auto code = ended ? std::optional<int>(1) : std::nullopt;
    database_->write([&] {
      run.with(id, earlier, started, end, code, ended ? std::optional<std::string_view>("failed") : std::nullopt,
               ended ? std::optional<int>(10) : std::nullopt)
          .run();
      number = database_->last_row();
      for (int i = 1; i <= jobs; ++i) job.with(rows_of(number).first + 2 * i).run();
      for (int i = 1; i <= jobs; ++i) attempt.with(rows_of(number).first + 2 * i + 1).run();
    });
    fs::create_directories(directory_ / "runs" / id);
    std::ofstream(directory_ / "runs" / id / "a.log") << "0123456789";
    return number;
  }
  std::int64_t count(const std::string& table) {
    Statement query = database_->prepare("SELECT COUNT(*) FROM " + table);
    query.next();
    return query.integer(0);
  }
  std::size_t logs() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_ / "runs"), fs::directory_iterator()));
  }
  bool has(const std::string& id) {
    Statement query = database_->prepare("SELECT 1 FROM run WHERE id = ?");
    const bool row = query.with(id).next();
    CHECK(row == fs::exists(directory_ / "runs" / id / "a.log"));
    return row;
  }
  // Pages of the main file, when all of the log has been moved there.
  std::int64_t pages() {
    database_->checkpoint();
    Statement query = database_->prepare("PRAGMA page_count");
    query.next();
    return query.integer(0);
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<Database> database_;
};

StoredRun stored(std::int64_t number, std::int64_t started, std::uint64_t bytes = 0, const std::string& earlier = "",
                 const std::string& file = "/f") {
  StoredRun run;
  run.number = number;
  run.id = std::to_string(number);
  run.file = file;
  run.earlier = earlier;
  run.started = started;
  run.bytes = bytes;
  return run;
}

std::vector<std::int64_t> removed(const std::vector<StoredRun>& runs, std::int64_t now, const RetentionLimits& limits) {
  std::vector<std::int64_t> numbers;
  for (const StoredRun& run : surplus(runs, now, limits)) numbers.push_back(run.number);
  return numbers;
}

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("surplus: age, number of runs of a file and of all, bytes") {
  RetentionLimits limits;
  const std::int64_t now = 100 * kDay;
  CHECK(removed({stored(3, now), stored(2, now - 30 * kDay), stored(1, now - 30 * kDay - 1)}, now, limits) == Numbers{1});
  CHECK(removed({stored(1, 0)}, now, limits).empty());  // the newest stays
  limits.runs_of_file = 2;
  CHECK(removed({stored(5, now), stored(4, now, 0, "", "/g"), stored(3, now), stored(2, now), stored(1, now, 0, "", "/g")}, now,
                limits) == Numbers{2});
  limits.runs = 3;
  CHECK(removed({stored(5, now), stored(4, now, 0, "", "/g"), stored(3, now), stored(2, now), stored(1, now, 0, "", "/g")}, now,
                limits) == Numbers{2, 1});
  limits = RetentionLimits();
  limits.bytes = 100;
  CHECK(removed({stored(4, now, 60), stored(3, now, 50), stored(2, now, 40), stored(1, now, 1)}, now, limits) == Numbers{3, 1});
  CHECK(removed({stored(2, now, 200), stored(1, now, 1)}, now, limits) == Numbers{1});
}

TEST_CASE("surplus: a job file's last run and last success are known for longer, however rarely it runs") {
  RetentionLimits limits;
  const std::int64_t now = 1000 * kDay;
  const auto success = [](StoredRun run) {
    run.succeeded = true;
    return run;
  };
  const std::string monthly = "/monthly";
  const StoredRun newest = stored(9, now);
  const StoredRun failed = stored(8, now - 31 * kDay, 50, "", monthly);
  const StoredRun succeeded = success(stored(7, now - 62 * kDay, 50, "", monthly));
  const StoredRun older = success(stored(6, now - 93 * kDay, 50, "", monthly));
  CHECK(removed({newest, failed, succeeded, older}, now, limits) == Numbers{6});
  CHECK(removed({newest, stored(8, now - 401 * kDay, 0, "", monthly)}, now, limits) == Numbers{8});
  limits.bytes = 60;  // their logs may go, and the one that nothing depends on goes whole
  const std::vector<StoredRun> rest = surplus({newest, failed, succeeded, older}, now, limits);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].number == 7);
  CHECK(rest[0].stays_known);
  CHECK_FALSE(rest[1].stays_known);
  limits.runs = 2;
  CHECK(removed({newest, failed, succeeded, older}, now, limits) == Numbers{7, 6});
}

TEST_CASE("surplus: what an unfinished run takes up is kept, however old, and what that has taken up") {
  RetentionLimits limits;
  limits.runs_of_file = 1;
  std::vector<StoredRun> runs = {stored(5, 0, 0, "3"), stored(4, 0), stored(3, 0, 0, "2"), stored(2, 0), stored(1, 0)};
  CHECK(removed(runs, 0, limits) == Numbers{4, 1});
  runs[0].succeeded = true;
  CHECK(removed(runs, 0, limits) == Numbers{4, 3, 2, 1});
}

TEST_CASE("rows and logs go together; what lives stays") {
  State state;
  state.add("chain", 0);
  state.add("old", 0, 2000);
  const RunLock living = *RunLock::take(state.directory(), state.add("living", 0, 1, "", false));
  LogStore writing(state.directory(), "writing", [](std::string_view) {});
  state.add("killed", 0, 1, "", false);
  state.add("new", 40 * kDay, 3, "chain");
  Retention retention(state.database(), state.directory());
  CHECK(retention.prune(40 * kDay, RetentionLimits(), kLong));
  CHECK(state.has("chain"));
  CHECK(state.has("living"));
  CHECK(state.has("new"));
  CHECK_FALSE(state.has("old"));
  CHECK_FALSE(state.has("killed"));
  CHECK(state.count("job") == 5);
  CHECK(state.count("attempt") == 5);
  CHECK(state.logs() == 3);
}

TEST_CASE("what gathers on a slow disk gets more time, up to a limit") {
  CHECK(time_to_remove(0, 20ms) == 20ms);
  CHECK(time_to_remove(19, 20ms) == 20ms);
  CHECK(time_to_remove(30, 20ms) == 60ms);
  CHECK(time_to_remove(100'000, 20ms) == 200ms);
}

TEST_CASE("without time it does a little, and goes on the next time") {
  State state;
  state.add("old", 0, 1200);
  state.add("new", 40 * kDay);
  Retention retention(state.database(), state.directory());
  int times = 0;
  while (!retention.prune(40 * kDay, RetentionLimits(), std::chrono::microseconds(times++))) {
    REQUIRE(times < 100'000);
  }
  CHECK(times > 1);
  CHECK_FALSE(state.has("old"));
  CHECK(state.has("new"));
  CHECK(state.count("job") == 1);
}

TEST_CASE("logs of runs that the database doesn't know: the newest stay, and those that are being written") {
  State state;
  LogStore writing(state.directory(), "000", [](std::string_view) {});
  writing.create("job")->append("x");
  for (int i = 100; i < 110; ++i) fs::create_directories(fs::path(state.directory()) / "runs" / std::to_string(i));
  RetentionLimits limits;
  limits.unknown_logs = 4;
  Retention retention(state.database(), state.directory());
  CHECK(retention.prune(0, limits, kLong));
  CHECK(state.logs() == 5);
  CHECK(fs::exists(fs::path(state.directory()) / "runs/000/job.log"));
  CHECK(fs::exists(fs::path(state.directory()) / "runs/109"));
  CHECK_FALSE(fs::exists(fs::path(state.directory()) / "runs/105"));
}

TEST_CASE("over many runs the database stays as large as what it keeps") {
  State state;
  RetentionLimits limits;
  limits.runs_of_file = 20;
  Retention retention(state.database(), state.directory());
  std::int64_t pages = 0;
  for (int i = 0; i < 1000; ++i) {
    state.add(std::to_string(100'000 + i), i, 5);
    if (i % 8 == 0) CHECK(retention.prune(i, limits, kLong));
    if (i == 300) pages = state.pages();
  }
  CHECK(state.count("run") <= 28);
  CHECK(state.logs() <= 28);
  CHECK(state.pages() <= pages + pages / 4);
}

TEST_CASE("Of a run that stays known only logs and jobs go") {
  State state;
  state.add("1", 90 * kDay);
  state.add("2", 90 * kDay);
  Statement own_file = state.database().prepare("UPDATE run SET file = '/g' WHERE id = '1'");
  state.database().write([&] { own_file.with().run(); });
  RetentionLimits limits;
  limits.bytes = 15;
  for (int times = 0; times < 2; ++times) {  // once is enough
    CHECK(Retention(state.database(), state.directory()).prune(100 * kDay, limits, kLong));
    CHECK(state.count("run") == 2);
    CHECK(state.count("job") == 1);
    CHECK(state.count("attempt") == 1);
    CHECK(state.logs() == 1);
  }
}

TEST_CASE("once much of it is free the file shrinks") {
  State state;
  constexpr int kJobs = 30'000;
  for (int i = 0; i < 3; ++i) state.add("r" + std::to_string(i), kDay, kJobs);
  state.add("last", 40 * kDay);
  const std::int64_t full = state.pages();
  REQUIRE(full > 600);
  RetentionLimits limits;
  while (!Retention(state.database(), state.directory()).prune(40 * kDay, limits, kLong)) continue;
  CHECK(state.count("run") == 1);
  CHECK(state.pages() < full / 10);
  Statement check = state.database().prepare("PRAGMA integrity_check");
  REQUIRE(check.next());
  CHECK(check.text(0) == "ok");
}
