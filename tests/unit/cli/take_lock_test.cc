// Ways to a lock that is taken, on a fake clock: nothing here waits.
#include "cli/take_lock.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "catch.h"
#include "cli/print_schedule_command.h"
#include "cli/run_gate.h"
#include "io/process_identity.h"
#include "loop/awaiters.h"
#include "loop/fake_clock.h"
#include "temporary_directory.h"

using namespace corun;
namespace fs = std::filesystem;
using Verdict = LockEnd::Verdict;
using OnConflict = Concurrency::OnConflict;

namespace {

class Diary final : public Report {
 public:
  void lock(const LockChange& change) override { changes.emplace_back(change.change); }
  std::vector<std::string> changes;
};

Task<void> release_after(Loop& loop, Duration pause, LockFile& lock) {
  CancelScope scope;
  co_await Sleep(loop, loop.now() + pause, scope);
  lock.release();
}

Task<void> cancel_after(Loop& loop, Duration pause, CancelScope& scope) {
  CancelScope own;
  co_await Sleep(loop, loop.now() + pause, own);
  scope.cancel(CancelReason::terminated);
}

Task<LockEnd> take_beside(Loop& loop, LockFile& lock, const LockRequest& request, Report& report, CancelScope& scope,
                          Task<void> other) {
  TaskGroup group(loop);
  group.start(std::move(other));
  LockEnd end = co_await take_lock(loop, lock, request, report, scope);
  co_await group.join();
  co_return end;
}

Task<void> nothing() { co_return; }

// A lock that another run has; it is as old as said.
struct World {
  explicit World(OnConflict on_conflict, Duration age = 1min) {
    other.emplace(std::move(*LockFile::open(directory, "file/a")));
    own.emplace(std::move(*LockFile::open(directory, "file/a")));
    REQUIRE(other->try_take());
    LockHolder holder{"a", "other-run", "a.yaml", own_identity().machine, 4194303, 1, 0};  // no process has that number
    holder.since = to_milliseconds(clock.wall_now() - age);
    other->write(holder);
    request.name = "a";
    request.run_id = "own-run";
    request.on_conflict = on_conflict;
  }
  LockEnd take(Task<void> beside = nothing()) {
    return run(loop, take_beside(loop, *own, request, diary, scope, std::move(beside)));
  }

  FakeClock clock;
  Loop loop{clock};
  CancelScope scope;
  Diary diary;
  TemporaryDirectory temporary;
  const std::string& directory = temporary.path;
  std::optional<LockFile> other;
  std::optional<LockFile> own;
  LockRequest request;
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a free lock is taken, with the own run's words in it") {
  World world(OnConflict::skip);
  world.other->release();
  CHECK(world.take().verdict == Verdict::taken);
  CHECK(world.diary.changes == Words{"taken"});
  const std::optional<LockHolder> holder = world.own->holder();
  REQUIRE(holder);
  CHECK(holder->run == "own-run");
  CHECK(holder->pid == ::getpid());
  CHECK(is_alive(*holder) == true);
}

TEST_CASE("skip says which run it is, and complains after three in a row") {
  World world(OnConflict::skip);
  const LockEnd first = world.take();
  CHECK(first.verdict == Verdict::skipped);
  CHECK(first.message == "a: skipped, run other-run (pid 4194303, for 1m00s) is under way");
  CHECK(world.take().verdict == Verdict::skipped);
  const LockEnd third = world.take();
  CHECK(third.verdict == Verdict::busy);
  CHECK(third.message == "a: lock busy: run other-run (pid 4194303, for 1m00s) is under way; skipped 3 times in a row");
  CHECK(world.diary.changes == Words{"skipped", "skipped", "busy"});
  CHECK(world.clock.elapsed() == 0s);
  world.other->release();
  CHECK(world.take().verdict == Verdict::taken);
  CHECK(world.own->note_skip() == 1);
}

TEST_CASE("skip complains at once of a run that is too old") {
  World world(OnConflict::skip, 25h);
  const LockEnd end = world.take();
  CHECK(end.verdict == Verdict::busy);
  CHECK(end.message == "a: lock busy: run other-run (pid 4194303, for 25h00m) is older than 1d");
}

TEST_CASE("wait takes the lock soon after it is free") {
  World world(OnConflict::wait);
  const LockEnd end = world.take(release_after(world.loop, 10min, *world.other));
  CHECK(end.verdict == Verdict::taken);
  CHECK(end.waited);
  CHECK(world.clock.elapsed() >= 10min);
  CHECK(world.clock.elapsed() <= 10min + 250ms);
  CHECK(world.diary.changes == Words{"waiting", "taken"});
}

TEST_CASE("wait has an end") {
  World world(OnConflict::wait);
  world.request.most = 90s;
  const LockEnd end = world.take();
  CHECK(end.verdict == Verdict::busy);
  CHECK(end.message == "a: lock busy: run other-run (pid 4194303, for 2m30s) hasn't ended in 1m30s");
  CHECK(world.clock.elapsed() == 90s);
}

TEST_CASE("wait without an end ends where the other run is too old") {
  World world(OnConflict::wait, 23h);
  CHECK(world.take().verdict == Verdict::busy);
  CHECK(world.clock.elapsed() >= 1h);
  CHECK(world.clock.elapsed() <= 1h + 250ms);
}

TEST_CASE("waiting ends at once when it is cancelled") {
  World world(OnConflict::wait);
  CHECK(world.take(cancel_after(world.loop, 5s, world.scope)).verdict == Verdict::stopped);
  CHECK(world.clock.elapsed() == 5s);
  CHECK(!world.own->try_take());
}

TEST_CASE("replace gives up on a run that can't be reached") {
  World world(OnConflict::replace);
  world.request.grace = 20s;
  const LockEnd end = world.take();
  CHECK(end.verdict == Verdict::busy);
  CHECK(end.message == "a: lock busy: run other-run (pid 4194303, for 1m21s) can't be reached from here");
  CHECK(world.clock.elapsed() == 21s);
}

TEST_CASE("a run never waits for, nor replaces, the run that it is a part of") {
  for (const OnConflict on_conflict : {OnConflict::skip, OnConflict::wait, OnConflict::replace}) {
    World world(on_conflict);
    world.request.outer_run = "other-run";
    CHECK(world.take().message == "a: lock busy: run other-run (pid 4194303, for 1m00s) has it, and this run is one of its jobs");
    CHECK(world.clock.elapsed() == 0s);
  }
}

TEST_CASE("of another container it can't be known whether a holder lives; of another boot it doesn't") {
  LockHolder holder;
  const ProcessIdentity own = own_identity();
  holder.pid = own.pid;
  holder.birth = own.birth;
  holder.machine = own.machine;
  CHECK(is_alive(holder) == true);
  holder.birth += 1;
  CHECK(is_alive(holder) == false);
  holder.birth = own.birth;
  holder.machine = own.machine.substr(0, own.machine.find(' ')) + " pid:[1]";
  CHECK(!is_alive(holder));
  holder.machine = "another-boot pid:[1]";
  CHECK(is_alive(holder) == false);
}

TEST_CASE("jitter is stable, within its window, and differs between machines and files") {
  const Duration first = jitter_of("machine", "/srv/a.yaml", 10min);
  CHECK(first == jitter_of("machine", "/srv/a.yaml", 10min));
  CHECK(first != jitter_of("machine", "/srv/b.yaml", 10min));
  CHECK(first != jitter_of("other", "/srv/a.yaml", 10min));
  CHECK(jitter_of("machine", "/srv/a.yaml", 0s) == 0s);
  CHECK(jitter_of("machine", "/srv/a.yaml", 1ns) == 0s);
  int late = 0;
  for (int i = 0; i < 1000; ++i) {
    const Duration jitter = jitter_of("machine" + std::to_string(i), "/srv/a.yaml", 10min);
    CHECK(jitter >= 0s);
    CHECK(jitter < 10min);
    late += static_cast<int>(jitter >= 5min);
  }
  CHECK(late > 400);
  CHECK(late < 600);
}

TEST_CASE("schedules of crontabs") {
  for (const char* good :
       {"15 2 * * *", "*/5 * * * *", "0 0 1,15 * mon-fri", "0-30/10 8-18 * jan-mar,DEC 7", "@daily", "@reboot"}) {
    INFO(good);
    CHECK(cron_schedule_problem(good).empty());
  }
  for (const char* bad : {"", "15 2 * *", "15 2 * * * *", "60 2 * * *", "15 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
                          "5/2 * * * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "1,, * * * *", "-1 * * * *", "@often",
                          "15 2 * * *\n* * * * * rm", "15 2 * * %", "* * * * monday"}) {
    INFO(bad);
    CHECK(!cron_schedule_problem(bad).empty());
  }
  CHECK(cron_schedule_problem("75 2 * * *") == "`75` isn't a minute (0-59, a range, `*`, or `*/STEP`)");
}

TEST_CASE("schedules of timers") {
  for (const char* good : {"daily", "*-*-* 02:15:00", "Mon..Fri 02:15", "Mon-Fri 02:15", "Sat,Sun *-*-1..7 18:00 Europe/Berlin",
                           "02:15", "*:0/15", "2026-12-24", "weekly UTC", "*-02~03"}) {
    INFO(good);
    CHECK(calendar_problem(good).empty());
  }
  for (const char* bad : {"", "often", "02", "25:00", "02:60", "Mon..Foo 02:15", "Mo 02:15", "daily 02:15", "02:15 Mon",
                          "daily\n[Service]", "02:15 %h"}) {
    INFO(bad);
    CHECK(!calendar_problem(bad).empty());
  }
}
