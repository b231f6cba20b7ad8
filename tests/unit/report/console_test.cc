// What people see: lines of ends, counts, failures with their root cause first.
#include "report/console.h"

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

struct Screen {
  explicit Screen(const std::vector<std::string>& names, ConsoleSettings settings = {})
      : out(out_file.fd()), err(err_file.fd()), console(out, err, settings), world(console, names) {}
  MemoryFile out_file;
  MemoryFile err_file;
  OutputStream out;
  OutputStream err;
  Console console;
  RunWorld world;
};

ConsoleSettings quiet(int level) {
  ConsoleSettings settings;
  settings.quiet = level;
  return settings;
}

}  // namespace

TEST_CASE("A run without failures") {
  Screen screen({"fetch", "load"});
  screen.world.begin();
  screen.world.start("fetch", 0);
  screen.world.end("fetch", JobState::succeeded, 1.2);
  screen.world.start("load", 1.2);
  screen.world.output("load", "42\n");
  screen.world.end("load", JobState::succeeded, 41);
  screen.world.finish(41, 0);
  CHECK(screen.err_file.text() == "[1/2] ok 1.2s fetch\n[2/2] ok 40s load\n2 jobs: 2 ok in 41s\n");
  CHECK(screen.out_file.text() == "42\n");
}

TEST_CASE("The root cause comes first, what never ran last") {
  Screen screen({"late", "root", "after"});
  screen.world.begin();
  screen.world.start("late", 0);
  screen.world.start("root", 0);
  screen.world.output("root", "why\n");
  screen.world.fail("root", 1, 3);
  screen.world.skip("after", "needs `root`, which didn't succeed", 1);
  screen.world.fail("late", 2, 4);
  screen.world.finish(2, 1);
  CHECK(screen.err_file.text() ==
        "[1/3] FAIL 1.0s root: exit code 3\n"
        "[2/3] SKIP after: needs `root`, which didn't succeed\n"
        "[3/3] FAIL 2.0s late: exit code 4\n"
        "\n3 jobs: 2 failed, 1 skipped in 2.0s\n\n"
        "FAIL root: exit code 3\n  | why\n  log: /logs/root.log\n"
        "FAIL late: exit code 4\n"
        "SKIP after: needs `root`, which didn't succeed\n");
}

TEST_CASE("Attempts, fallbacks and allowed failures are marked") {
  Screen screen({"retried", "degraded", "allowed"});
  screen.world.set_attempts("retried", 5);
  screen.world.begin();
  screen.world.start("retried", 0);
  screen.world.start("retried", 1, 3);
  screen.world.end("retried", JobState::succeeded, 2);
  screen.world.start("degraded", 0);
  Outcome outcome;
  outcome.kind = FailureKind::http_status;
  outcome.http_status = 503;
  screen.world.end("degraded", JobState::degraded, 1, outcome);
  screen.world.start("allowed", 0);
  screen.world.result("allowed").failure_allowed = true;
  screen.world.fail("allowed", 1);
  screen.world.finish(2, 0);
  CHECK(screen.err_file.text() ==
        "[1/3] ok 2.0s retried (attempt 3 of 5)\n"
        "[2/3] DEGRADED 1.0s degraded: HTTP 503 (fallback)\n"
        "[3/3] FAIL 1.0s allowed: exit code 1 (allowed)\n"
        "3 jobs: 1 ok, 1 degraded, 1 failed as allowed in 2.0s\n");
}

TEST_CASE("Members count only through their group") {
  Screen screen({"group", "won"});
  screen.world.make_group("group", {"a", "b"});
  screen.world.make_group("won", {"c", "d"});
  screen.world.begin();
  screen.world.start("group/a", 0);
  screen.world.output("group/a", "no\n");
  screen.world.fail("group/a", 1);
  screen.world.start("won/c", 0);
  screen.world.fail("won/c", 1, 9);
  Outcome outcome;
  outcome.kind = FailureKind::group;
  outcome.message = "a failed";
  screen.world.start("group", 0);
  screen.world.end("group", JobState::failed, 1, outcome);
  screen.world.start("won", 0);
  screen.world.end("won", JobState::succeeded, 2);
  screen.world.finish(2, 1);
  CHECK(screen.err_file.text() ==
        "[0/2] FAIL 1.0s group/a: exit code 1\n"
        "[0/2] FAIL 1.0s won/c: exit code 9\n"
        "[1/2] FAIL 1.0s group: a failed\n"
        "[2/2] ok 2.0s won\n"
        "\n2 jobs: 1 ok, 1 failed in 2.0s\n\n"
        "FAIL group/a: exit code 1\n  | no\n  log: /logs/group/a.log\n"
        "FAIL group: a failed\n");
}

TEST_CASE("Quiet") {
  for (const int level : {1, 2}) {
    Screen good({"a"}, quiet(level));
    good.world.begin();
    good.world.start("a", 0);
    good.world.output("a", "text\n");
    good.world.end("a", JobState::succeeded, 1);
    good.console.tick(RunWorld::time(60));
    good.world.finish(1, 0);
    CHECK(good.err_file.text().empty());
    CHECK(good.out_file.text().empty());
  }
  Screen bad({"a"}, quiet(2));
  bad.world.begin();
  bad.world.start("a", 0);
  bad.world.fail("a", 1);
  bad.world.finish(1, 1);
  CHECK(bad.err_file.text() == "FAIL a: exit code 1\n");
}

TEST_CASE("Output of jobs leaves standard output to data") {
  ConsoleSettings settings;
  settings.job_output = false;
  Screen screen({"a"}, settings);
  screen.world.begin();
  screen.world.start("a", 0);
  screen.world.output("a", "text\n");
  screen.world.fail("a", 1);
  screen.world.finish(1, 1);
  CHECK(screen.out_file.text().empty());
  CHECK(screen.err_file.text().find("  | text\n") != std::string::npos);
}

TEST_CASE("Columns are aligned on a terminal") {
  ConsoleSettings settings;
  settings.terminal = true;
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) names.push_back("job" + std::to_string(i));
  Screen screen(names, settings);
  screen.world.begin();
  screen.world.start("job0", 0);
  screen.world.end("job0", JobState::succeeded, 1.2);
  screen.world.skip("job1", "", 1);
  screen.console.flush();
  CHECK(screen.err_file.text() == "[ 1/10] ok         1.2s job0\n[ 2/10] SKIP            job1\n");
}

TEST_CASE("Control bytes of a message can't reach the terminal") {
  Screen screen({"a"});
  screen.world.begin();
  screen.world.start("a", 0);
  Outcome outcome;
  outcome.kind = FailureKind::http_status;
  outcome.message = "HTTP 500: \x1b]0;owned\x07";
  screen.world.end("a", JobState::failed, 1, outcome);
  screen.world.finish(1, 1);
  CHECK(screen.err_file.text().find('\x1b') == std::string::npos);
  CHECK(screen.err_file.text().find("\\x1b]0;owned\\x07") != std::string::npos);
}

TEST_CASE("What runs, each minute and when asked") {
  Screen screen({"a", "b", "c"});
  screen.world.set_attempts("b", 4);
  screen.world.begin();
  screen.console.tick(RunWorld::time(60));
  screen.world.start("a", 0);
  screen.world.start("b", 10);
  screen.console.retry_wait(RetryWait{screen.world.job("b"), 1, 4, 30s, Outcome(), RunWorld::time(55)});
  screen.console.tick(RunWorld::time(60));
  screen.world.end("a", JobState::succeeded, 61);
  screen.console.show_running(RunWorld::time(120));
  screen.console.flush();
  CHECK(screen.err_file.text() ==
        "[0/3] 1m00s, 2 running: a: 1m00s; b: 50s, attempt 1 of 4, next try in 25s\n"
        "[1/3] ok 1m01s a\n"
        "[1/3] 2m00s, 1 running\n  b: 1m50s, attempt 1 of 4\n");
}

TEST_CASE("Asked what runs: what waits, for what, and the breakers that aren't closed") {
  Screen screen({"a", "b", "c"});
  LimitSettings limit;
  screen.world.file().limits.push_back({"db", {}, limit});
  auto policies = std::make_shared<Policies>();
  policies->limits = {0};
  screen.world.job("b").policies = policies;
  screen.world.begin();
  for (const char* name : {"a", "b", "c"}) screen.world.ready(name, 1);
  screen.world.start("a", 1);
  screen.console.breaker(BreakerChange{"api", "closed", "open", 30s, RunWorld::time(2)});
  screen.console.breaker(BreakerChange{"old", "closed", "open", 30s, RunWorld::time(2)});
  screen.console.breaker(BreakerChange{"old", "half-open", "closed", 0s, RunWorld::time(3)});
  screen.console.breaker(BreakerChange{"probed", "open", "half-open", 0s, RunWorld::time(3)});
  screen.world.end("c", JobState::cancelled, 3);
  screen.console.show_running(RunWorld::time(4));
  screen.console.flush();
  const std::string text = screen.err_file.text();
  CHECK(text.substr(text.find("CANCEL c")) ==
        "CANCEL c\n[1/3] 4.0s, 1 running, 1 waiting\n  a: 3.0s\n  b: waiting 3.0s for limit db or a process slot\n"
        "  breaker api: open for another 28s\n  breaker probed: half-open\n");
}

TEST_CASE("Many jobs that never ran are folded") {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("j" + std::to_string(i));
  Screen screen(names);
  screen.world.begin();
  screen.world.start("j0", 0);
  screen.world.fail("j0", 1);
  for (int i = 1; i < 100; ++i) screen.world.skip(names[static_cast<std::size_t>(i)], "no", 1);
  screen.world.finish(1, 1);
  const std::string text = screen.err_file.text();
  CHECK(text.find("[21/100] SKIP j20: no\n[100/100] … and 79 more that never ran\n") != std::string::npos);
  CHECK(text.find("SKIP j10: no\n… and 89 more jobs that were skipped or cancelled\n") != std::string::npos);
}

TEST_CASE("Breakers, warnings and stops") {
  Screen screen({"a", "b"});
  screen.world.begin();
  screen.world.start("a", 0);
  screen.world.start("b", 0);
  screen.console.breaker(BreakerChange{"api", "closed", "open", 30s, RunWorld::time(1)});
  screen.console.breaker(BreakerChange{"api", "open", "half-open", 0s, RunWorld::time(2)});
  screen.console.warning("no logs");
  screen.console.stopping(CancelReason::interrupted, 5);  // groups among them
  screen.world.end("a", JobState::cancelled, 1);
  screen.world.end("b", JobState::cancelled, 1);
  screen.console.stopping(CancelReason::terminated, 0);
  screen.console.killing();
  screen.console.flush();
  CHECK(screen.err_file.text() ==
        "corun: breaker `api` is open for 30s\ncorun: breaker `api` is half-open\ncorun: warning: no logs\n"
        "corun: interrupted; ending 2 jobs (interrupt again to kill)\n[1/2] CANCEL 1.0s a\n[2/2] CANCEL 1.0s b\n"
        "corun: asked to end\ncorun: killing what still runs\n");
}
