// What runs leave for later ones, on a real database: kept in time, read back, and what happens when it can't be.
#include "state/run_journal.h"

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.h"
#include "state/past_runs.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;

namespace {

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

TEST_CASE("a newer corun's database is left alone") {
  State state;
  {
    const std::unique_ptr<Store> store = state.open();
    store->database()->execute("PRAGMA user_version = 1000");
  }
  const std::unique_ptr<Store> store = state.open();
  CHECK(store->database() == nullptr);
  REQUIRE(state.warnings.size() == 1);
  CHECK(state.warnings[0].ends_with("it was made by a newer version of corun"));
}

TEST_CASE("many processes may come at once to an empty directory") {
  State state;
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 20; ++i) stores.push_back(state.open());
  for (const std::unique_ptr<Store>& store : stores) CHECK(store->database() != nullptr);
  CHECK(state.warnings.empty());
}
