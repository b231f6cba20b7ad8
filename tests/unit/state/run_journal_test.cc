// What runs leave for later ones, on a real database: kept in time, read back, and what happens when it can't be.
#include "state/run_journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "catch.h"
#include "state/past_results.h"
#include "state/past_runs.h"
#include "state/run_rows.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

std::function<void()> during_sync;  // once

class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(1h) + passed; }
  WallTime wall_now() const override { return WallTime(1'790'000'000s) + passed; }
  bool skip_to(TimePoint) override { return false; }

  Duration passed{};
};

// A state directory, and what has been warned of.
class State {
 public:
  std::string path() const { return directory_.path; }
  std::unique_ptr<Store> open() {
    return std::make_unique<Store>(path(), [this](std::string_view message) { warnings.emplace_back(message); });
  }

  // How jobs ended, as a later process finds it.
  EarlierJobs jobs_of_last() {
    const std::unique_ptr<Store> store = open();
    PastRuns runs(*store->database(), path());
    const std::optional<PastRun> last = runs.last_of("");
    return last ? runs.jobs_of(runs.chain_of(*last)) : EarlierJobs();
  }

  std::vector<std::string> warnings;

 private:
  TemporaryDirectory directory_;
};

RunRecord record(const std::string& id, const std::string& earlier = {}) {
  RunRecord run;
  run.id = id;
  run.file = "/srv/jobs.yaml";
  run.name = "jobs";
  run.directory = "/srv";
  run.arguments = R"(["jobs.yaml"])";
  run.earlier = earlier;
  run.jobs = 2;
  return run;
}

void end(RunJournal& journal, const Clock& clock, const std::string& job, JobState state, std::uint64_t digest = 7) {
  JobResult result;
  result.state = state;
  result.attempts = 1;
  result.started = clock.now() - 2s;
  result.ended = clock.now();
  journal.job_ended(JobRecord{job, JobLevel::top, result, digest, 3, R"({"outputs":{}})", "run/" + job + ".log"});
}

}  // namespace

// SQLite's, too.
extern "C" int fdatasync(int fd) {
  if (const std::function<void()> action = std::exchange(during_sync, nullptr)) action();
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

TEST_CASE("what has ended is kept when somebody waits for it, or soon") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal journal(*store, record("r1"), clock);
  CHECK_FALSE(fs::exists(state.path() + "/corun.db"));
  end(journal, clock, "a", JobState::succeeded);
  journal.settle();
  EarlierJobs jobs = state.jobs_of_last();
  REQUIRE(jobs.size() == 1);
  const EarlierJob& a = jobs.at("a");
  CHECK(a.result.state == JobState::succeeded);
  CHECK(a.result.attempts == 1);
  CHECK(a.result.ended - a.result.started == 2s);
  CHECK(a.digest == 7);
  CHECK(a.parts == 3);
  CHECK(a.data == R"({"outputs":{}})");
  CHECK(a.log == "run/a.log");

  end(journal, clock, "b", JobState::failed);
  journal.turn_ended();  // too soon after the last one
  CHECK(state.jobs_of_last().size() == 1);
  const TimePoint due = journal.due();
  CHECK(due > clock.now());
  CHECK(due <= clock.now() + 100ms);
  clock.passed += due - clock.now();
  journal.turn_ended();
  CHECK(state.jobs_of_last().size() == 2);
  CHECK(journal.is_complete());
  CHECK(state.warnings.empty());
}

TEST_CASE("a run is there from its first turn on, and lives as long as its journal") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> reader = state.open();
  PastRuns runs(*reader->database(), state.path());
  {
    const std::unique_ptr<Store> store = state.open();
    RunJournal journal(*store, record("r1"), clock);
    journal.turn_ended();
    std::optional<PastRun> run = runs.find("r");
    REQUIRE(run);
    CHECK(run->id == "r1");
    CHECK(runs.is_running(*run));
    CHECK_FALSE(run->ended);
    clock.passed += 3s;
    journal.run_ended(1, "failed", 0);
    run = runs.last_of("/srv/jobs.yaml");
    REQUIRE(run);
    CHECK(run->exit_code == 1);
    CHECK(run->verdict == "failed");
    CHECK(run->started == 1'790'000'000'000);
    CHECK(run->ended == 1'790'000'003'000);
  }
  CHECK_FALSE(runs.last_of("/srv/other.yaml"));
  {
    const std::unique_ptr<Store> store = state.open();
    RunJournal journal(*store, record("killed"), clock);
    journal.turn_ended();
  }
  const std::optional<PastRun> killed = runs.find("killed");
  REQUIRE(killed);
  CHECK_FALSE(killed->ended);
  CHECK_FALSE(runs.is_running(*killed));
}

TEST_CASE("what a later run knows better counts; that it was stopped takes nothing back") {
  State state;
  ManualClock clock;
  const auto run = [&](const std::string& id, const std::string& earlier, std::vector<std::pair<const char*, JobState>> ends) {
    const std::unique_ptr<Store> store = state.open();
    RunJournal journal(*store, record(id, earlier), clock);
    for (const auto& [job, job_state] : ends) end(journal, clock, job, job_state);
    journal.run_ended(1, "failed", 0);
  };
  run("r1", "", {{"a", JobState::succeeded}, {"b", JobState::failed}, {"c", JobState::succeeded}, {"d", JobState::succeeded}});
  run("r2", "r1", {{"a", JobState::cancelled}, {"b", JobState::succeeded}, {"c", JobState::failed}, {"d", JobState::skipped}});
  const EarlierJobs jobs = state.jobs_of_last();
  CHECK(jobs.at("a").result.state == JobState::succeeded);
  CHECK(jobs.at("b").result.state == JobState::succeeded);
  CHECK(jobs.at("c").result.state == JobState::failed);
  CHECK(jobs.at("d").result.state == JobState::succeeded);
}

TEST_CASE("of a job that is done it is known which run has done it, and how a failure came about") {
  State state;
  ManualClock clock;
  struct End {
    const char* job;
    JobState state;
    bool restored = false;
    bool again = false;
  };
  const auto run = [&](const std::string& id, const std::string& earlier, std::vector<End> ends) {
    const std::unique_ptr<Store> store = state.open();
    RunJournal journal(*store, record(id, earlier), clock);
    for (const End& each : ends) {
      JobResult result;
      result.state = each.state;
      result.restored = each.restored;
      result.outcome.kind = each.state == JobState::failed ? FailureKind::tls_trust : FailureKind::none;
      JobRecord job{each.job, JobLevel::top, result};
      job.again = each.again;
      journal.job_ended(job);
    }
    journal.run_ended(1, "failed", 0);
  };
  const JobState ok = JobState::succeeded;
  run("r1", "", {{"ran", ok}, {"kept", ok}, {"again", ok}, {"broken", ok}, {"vain", ok}});
  run("r2", "r1",
      {{"ran", ok},
       {"kept", ok, true},
       {"again", ok, false, true},
       {"broken", JobState::failed},
       {"vain", JobState::failed, false, true}});
  EarlierJobs jobs = state.jobs_of_last();
  CHECK(jobs.at("ran").run == 2);
  CHECK(jobs.at("kept").run == 1);
  CHECK(jobs.at("kept").last_run == 1);
  CHECK(jobs.at("again").run == 1);
  CHECK(jobs.at("again").last_run == 2);
  CHECK(jobs.at("broken").result.state == JobState::failed);
  CHECK(jobs.at("broken").result.outcome.kind == FailureKind::tls_trust);
  CHECK(jobs.at("vain").result.state == ok);
  run("r3", "r2", {{"ran", ok, true}, {"broken", ok}});
  jobs = state.jobs_of_last();
  CHECK(jobs.at("ran").run == 2);
  CHECK(jobs.at("broken").run == 3);
  const std::unique_ptr<Store> store = state.open();
  PastRuns runs(*store->database(), state.path());
  CHECK(runs.latest_of(*runs.find("r1")).id == "r3");
  CHECK(runs.latest_of(*runs.find("r3")).id == "r3");
}

TEST_CASE("all that is told of a job is read back") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal journal(*store, record("r1"), clock);
  JobResult result;
  result.state = JobState::degraded;
  result.attempts = 3;
  result.failure_allowed = true;
  result.cache = CacheUse::stale;
  result.outcome.kind = FailureKind::http_status;
  result.outcome.http_status = 503;
  result.outcome.message = "HTTP 503";
  result.ready = clock.now() + 1s;
  result.started = clock.now() + 2s;
  result.last_attempt = clock.now() + 4s;
  result.ended = clock.now() + 5s;
  Outcome refused;
  refused.kind = FailureKind::connect;
  refused.message = "refused";
  journal.attempt_ended(AttemptRecord{"a", 1, refused, clock.now() + 2s, clock.now() + 3s, 77, true});
  journal.job_ended(JobRecord{"a", JobLevel::inside, result, 1, 2, {}, "r1/a.log"});
  JobResult restored;
  restored.state = JobState::succeeded;
  restored.restored = true;
  restored.outcome.exit_code = 0;
  journal.job_ended(JobRecord{"b", JobLevel::callback, restored, ~std::uint64_t{0}, 0xffff, R"({"x":1})", {}});
  journal.settle();

  const PastRun run = PastRuns(*store->database(), state.path()).last_of("").value();
  const std::vector<PastResult> results = past_results(*store->database(), state.path(), run);
  REQUIRE(results.size() == 2);
  const PastResult& a = results[0];
  CHECK(a.name == "a");
  CHECK(a.level == JobLevel::inside);
  CHECK(a.state == JobState::degraded);
  CHECK(a.allowed);
  CHECK_FALSE(a.restored);
  CHECK(a.cache == CacheUse::stale);
  CHECK(a.attempt_count == 3);
  CHECK(a.kind == FailureKind::http_status);
  CHECK(a.http_status == 503);
  CHECK(a.exit_code == -1);
  CHECK(a.message == "HTTP 503");
  CHECK(a.ready == 1s);
  CHECK(a.started == 2s);
  CHECK(a.last_attempt == 4s);
  CHECK(a.ended == 5s);
  CHECK(a.log == state.path() + "/runs/r1/a.log");
  REQUIRE(a.attempts.size() == 1);
  CHECK(a.attempts[0].number == 1);
  CHECK(a.attempts[0].kind == FailureKind::connect);
  CHECK(a.attempts[0].message == "refused");
  CHECK(a.attempts[0].started == 2s);
  CHECK(a.attempts[0].ended == 3s);
  CHECK(a.attempts[0].log_end == 77);
  CHECK(a.attempts[0].beside);
  const PastResult& b = results[1];
  CHECK(b.level == JobLevel::callback);
  CHECK(b.restored);
  CHECK_FALSE(b.allowed);
  CHECK(b.cache == CacheUse::none);
  CHECK(b.exit_code == 0);
  CHECK(b.message.empty());
  CHECK(b.log.empty());
  const EarlierJobs jobs = state.jobs_of_last();
  CHECK(jobs.at("a").data.empty());
  CHECK(jobs.at("b").data == R"({"x":1})");
  CHECK(jobs.at("b").digest == ~std::uint64_t{0});
  CHECK(jobs.at("b").parts == 0xffff);
}

TEST_CASE("runs that are written at the same time keep their rows apart, and in their order") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal first(*store, record("r1"), clock);
  RunJournal second(*store, record("r2"), clock);
  constexpr int kJobs = 500;
  for (int i = 0; i < kJobs; ++i) {
    end(first, clock, "a" + std::to_string(i), JobState::succeeded);
    end(second, clock, "b" + std::to_string(i), JobState::failed);
    if (i % 50 == 0) first.settle();
    if (i % 70 == 0) second.settle();
  }
  second.settle();
  first.settle();
  PastRuns runs(*store->database(), state.path());
  const auto check = [&](const char* id, const std::string& prefix, JobState expected) {
    const std::vector<PastResult> results = past_results(*store->database(), state.path(), runs.find(id).value());
    REQUIRE(results.size() == kJobs);
    for (int i = 0; i < kJobs; ++i) {
      CHECK(results[static_cast<std::size_t>(i)].name == prefix + std::to_string(i));
      CHECK(results[static_cast<std::size_t>(i)].state == expected);
    }
  };
  check("r1", "a", JobState::succeeded);
  check("r2", "b", JobState::failed);
}

TEST_CASE("who only looks writes nothing") {
  State state;
  ManualClock clock;
  std::unique_ptr<Store> store = state.open();
  RunJournal(*store, record("r1"), clock).settle();
  const std::uint64_t written = store->database()->log_size();
  REQUIRE(written > 0);
  CHECK(state.jobs_of_last().empty());
  CHECK(store->database()->log_size() == written);
}

TEST_CASE("what no corun would write is read without harm") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal journal(*store, record("r1"), clock);
  journal.settle();
  Statement odd = store->database()->prepare(
      "INSERT INTO job VALUES(?, NULL, -1, 99, -5, -1, 'x', NULL, 0, 1e300, 'y', x'00ff', NULL, NULL, 0, 70000, x'01')");
  store->database()->write([&] { odd.with(rows_of(journal.number()).first + 1).run(); });
  const PastRun run = PastRuns(*store->database(), state.path()).last_of("").value();
  const std::vector<PastResult> results = past_results(*store->database(), state.path(), run);
  REQUIRE(results.size() == 1);
  CHECK(results[0].name.empty());
  CHECK(results[0].state == JobState::pending);
  CHECK(results[0].kind == FailureKind::internal);
}

TEST_CASE("a run that couldn't be written down doesn't keep its number from another") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  const std::unique_ptr<Store> other = state.open();
  RunJournal journal(*store, record("taken"), clock);
  RunJournal first(*other, record("taken"), clock);
  first.settle();
  journal.settle();  // its id is there already
  CHECK(state.warnings.size() == 1);
  CHECK(journal.number() == 0);
  RunJournal second(*other, record("r2"), clock);
  CHECK(second.number() != 0);
}

TEST_CASE("another process that holds the database up is waited for, but not for ever") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  store->database()->set_patience(10ms);
  RunJournal journal(*store, record("r1"), clock);
  journal.settle();
  const std::unique_ptr<Store> other = state.open();
  other->database()->execute("BEGIN IMMEDIATE");
  end(journal, clock, "a", JobState::succeeded);
  journal.settle();
  REQUIRE(state.warnings.size() == 1);
  CHECK(state.warnings[0] == "state can't be kept in " + state.path() + "/corun.db: database is locked");
  CHECK_FALSE(journal.is_complete());
  end(journal, clock, "b", JobState::succeeded);
  journal.settle();
  CHECK(state.warnings.size() == 1);
  store->database()->set_patience(1h);
  journal.settle();  // hardly waits: it was in vain before
  CHECK_FALSE(journal.is_complete());
  other->database()->execute("ROLLBACK");
  for (int turn = 0; turn < 2; ++turn) {  // one for the sync of what was written before
    clock.passed = journal.due() - TimePoint(1h);
    journal.turn_ended();
  }
  // Nothing is lost.
  CHECK(journal.is_complete());
  CHECK(state.jobs_of_last().size() == 2);
}

TEST_CASE("a full disk is said once, and nothing is claimed") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal journal(*store, record("r1"), clock);
  journal.settle();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{static_cast<rlim_t>(fs::file_size(state.path() + "/corun.db-wal")), before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &full);  // what grows beyond fails as on a full disk
  end(journal, clock, "a", JobState::succeeded);
  journal.settle();
  journal.run_ended(0, "succeeded", 0);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  CHECK(state.warnings.size() == 1);
  CHECK_FALSE(journal.is_complete());
  CHECK(state.jobs_of_last().empty());
  end(journal, clock, "b", JobState::succeeded);
  journal.settle();
  CHECK(state.jobs_of_last().size() == 2);  // there is room again
}

TEST_CASE("that the database was removed is found out in the end") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal journal(*store, record("r1"), clock);
  end(journal, clock, "a", JobState::succeeded);
  journal.settle();
  fs::remove(state.path() + "/corun.db");
  journal.run_ended(1, "failed", 0);
  REQUIRE(state.warnings.size() == 1);
  CHECK(state.warnings[0].ends_with("corun.db: it was removed during the run"));
  CHECK_FALSE(journal.is_complete());
}

TEST_CASE("the database of another version is left alone") {
  const auto open_with_version = [](int version) {
    State state;
    const std::string pragma = "PRAGMA user_version = " + std::to_string(version);
    state.open()->database()->execute(pragma.c_str());
    CHECK(state.open()->database() == nullptr);
    REQUIRE(state.warnings.size() == 1);
    return state.warnings[0];
  };
  CHECK(open_with_version(1000).ends_with("it was made by a newer version of corun"));
  CHECK(open_with_version(1).ends_with("it was made before the first release of corun: move it away"));
}

TEST_CASE("many processes may come at once to an empty directory") {
  State state;
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 20; ++i) stores.push_back(state.open());
  for (const std::unique_ptr<Store>& store : stores) CHECK(store->database() != nullptr);
  CHECK(state.warnings.empty());
}

TEST_CASE("whoever makes the database waits for those who look at it meanwhile") {
  State state;
  const std::string path = state.path() + "/corun.db";
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "CREATE TABLE early(a); BEGIN; SELECT * FROM early", nullptr, nullptr, nullptr) == SQLITE_OK);
  // Reads until the one who makes it has its turn, and for some of its attempts.
  std::thread reader([&] {
    const UniqueFd lock(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
      ::flock(lock.get(), LOCK_UN);
      std::this_thread::yield();
    }
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(other);
  });
  const std::unique_ptr<Store> store = state.open();
  CHECK(store->database() != nullptr);
  reader.join();
  CHECK(state.warnings.empty());
}

TEST_CASE("others write while a long log is moved into the database and synced") {
  State state;
  ManualClock clock;
  const std::unique_ptr<Store> store = state.open();
  RunJournal(*store, record("r1"), clock).settle();
  bool synced = false;
  during_sync = [&] {
    synced = true;
    const std::unique_ptr<Store> other = state.open();
    other->database()->set_patience(0ms);
    RunJournal(*other, record("r2"), clock).settle();
  };
  store->database()->checkpoint();
  during_sync = nullptr;
  CHECK(synced);
  CHECK(state.warnings.empty());
  CHECK(PastRuns(*store->database(), state.path()).find("r2"));
  store->database()->checkpoint();
  CHECK(store->database()->log_size() == 0);
}
