// Runs to their end: output, exit codes, what is said of each job.
#include <csignal>

#include "catch.h"
#include "corun_test.h"

TEST_CASE("One job that succeeds") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {hello: {run: [echo, hi]}}\n")
      .args({"run", "jobs.yaml"})
      .expect_stdout("hi\n")
      .expect_stderr("[1/1] ok <time> hello\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("A failure: its reason, the tail of its output, what it kept from running") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  build: {run: "echo compiling; echo broken >&2; exit 3"}
  test: {run: [echo, never], needs: build}
  lint: {run: [echo, linted]}
)")
      .args({"run", "jobs.yaml", "-j1"})
      .expect_exit(1)
      .expect_stdout("compiling\nbroken\nlinted\n")
      .expect_stderr(R"([1/3] FAIL <time> build: exit code 3
[2/3] SKIP test: needs `build`, which didn't succeed
[3/3] ok <time> lint

3 jobs: 1 ok, 1 failed, 1 skipped in <time>

FAIL build: exit code 3
  | compiling
  | broken
  log: <state>/runs/<run>/build.log
SKIP test: needs `build`, which didn't succeed
resume with: corun resume <run>
)")
      .run();
}

TEST_CASE("Quiet: failures only; very quiet: their summary only") {
  const char* jobs = "version: 1\njobs:\n  good: {run: [echo, fine]}\n  bad: {run: 'echo why; exit 2'}\n";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"run", "jobs.yaml", "-j1", "-q"})
      .expect_exit(1)
      .expect_stderr(
          "[2/2] FAIL <time> bad: exit code 2\n\n2 jobs: 1 ok, 1 failed in <time>\n\nFAIL bad: exit code 2\n  | why\n  log: "
          "<state>/runs/<run>/bad.log\nresume with: corun resume <run>\n")
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"run", "jobs.yaml", "-j1", "-qq"})
      .expect_exit(1)
      .expect_stderr("FAIL bad: exit code 2\n  | why\n  log: <state>/runs/<run>/bad.log\n")
      .run();
  CorunTest().file("jobs.yaml", "version: 1\njobs: {a: {run: [echo, fine]}}\n").args({"-q", "jobs.yaml"}).run();
}

TEST_CASE("Output in another order, and no progress") {
  const char* jobs = "version: 1\njobs:\n  good: {run: 'echo fine; printf end'}\n  bad: {needs: good, run: 'echo why; exit 2'}\n";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"run", "jobs.yaml", "--log-order", "prefixed", "--progress", "none", "--no-state"})
      .expect_exit(1)
      .expect_stdout("good | fine\ngood | end\nbad  | why\n")
      .expect_stderr("2 jobs: 1 ok, 1 failed in <time>\n\nFAIL bad: exit code 2\n  | why\n")
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"run", "jobs.yaml", "--log-order", "grouped", "-qq", "--no-state"})
      .expect_exit(1)
      .expect_stderr("FAIL bad: exit code 2\n  | why\n")
      .run();
}

TEST_CASE("Without a terminal a job with `tty` runs like any other") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {tty: true, run: 'cat; echo fine'}}\n")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("fine\n")
      .expect_stderr(
          "corun: warning: a job with `tty` runs like any other: there is no terminal at standard input, or it isn't ours\n"
          "[1/1] ok <time> a\n1 job: 1 ok in <time>\n")
      .run();
  CorunTest()
      .file("jobs.yaml",
            "version: 1\njobs:\n  a: {tty: true, run: cat, stdin: x, outputs: {o: .lines}}\n"
            "  b: {needs: a, run: 'echo ${{ .jobs.a.stdout }}'}\n")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:3:35: error[E109]: `stdin` beside `tty` in job `a` (its process reads and writes the terminal: corun "
          "doesn't "
          "see that)\n"
          "jobs.yaml:3:51: error[E113]: there is no `.lines` for `outputs`: with `tty` what the process writes goes to the "
          "terminal (`.exit_code` says how it ended)\n"
          "jobs.yaml:4:28: error[E113]: job `a` has no `stdout`: with `tty` what it writes goes to the terminal\n")
      .run();
}

TEST_CASE("Without state there are no logs to point to") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {bad: {run: 'echo why; exit 2'}}\n")
      .args({"run", "jobs.yaml", "-qq", "--no-state"})
      .expect_exit(1)
      .expect_stderr("FAIL bad: exit code 2\n  | why\n")
      .run();
}

TEST_CASE("A state directory that was asked for and can't be used stops the run before it starts") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [touch, started]}}\n")
      .file("taken", "a file\n")
      .args({"run", "jobs.yaml", "--state-dir", "taken"})
      .expect_exit(73)
      .expect_stderr("corun: state directory `taken`: Not a directory\n")
      .run();
  // The usual one is only missed.
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [echo, hi]}}\n")
      .file("taken", "a file\n")
      .file("inner.sh", "unset CORUN_STATE_DIR; XDG_STATE_HOME=$PWD/taken \"$CORUN\" run jobs.yaml 2>&1\n")
      .file("outer.yaml", "version: 1\njobs: {outer: {run: [sh, inner.sh]}}\n")
      .args({"run", "outer.yaml", "-qq", "-o", "ndjson"})
      .env("CORUN", CORUN_BINARY)
      .expect_stdout_parts({"warning", "no state is kept", "hi"})
      .run();
}

TEST_CASE("Retries are counted") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  second: {run: 'test $CORUN_ATTEMPT = 2', retry: {attempts: 3, delay: 1ms}}
  never: {run: [sh, -c, 'exit 9'], retry: {attempts: 2, delay: 1ms}, continue_on_error: true}
)")
      .args({"run", "jobs.yaml", "-j1"})
      .expect_stderr_parts({"ok <time> second (attempt 2 of 3)\n", "2 jobs: 1 ok, 1 failed as allowed in <time>\n"})
      .run();
}

TEST_CASE("A fallback makes a job degraded, which is a success") {
  CorunTest()
      .file("jobs.yaml",
            "version: 1\njobs:\n  fetch: {run: [sh, -c, 'exit 4'], fallback: {run: [echo, old]}}\n  use: {run: [echo, used], "
            "needs: fetch}\n")
      .args({"run", "jobs.yaml"})
      .expect_stdout("old\nused\n")
      .expect_stderr(
          "[1/2] DEGRADED <time> fetch: exit code 4 (fallback)\n[2/2] ok <time> use\n2 jobs: 1 ok, 1 degraded in <time>\n")
      .run();
}

TEST_CASE("Conditions on edges") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  work: {run: [sh, -c, 'exit 1']}
  repair: {run: [echo, repaired], needs: {work: failed}}
  report: {run: [echo, reported], needs: {work: done}}
)")
      .args({"run", "jobs.yaml", "-j1"})
      .expect_exit(1)
      .expect_stdout("repaired\nreported\n")
      .expect_stderr_parts({"FAIL <time> work: exit code 1\n", "3 jobs: 2 ok, 1 failed"})
      .run();
}

TEST_CASE("A job's timeout") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {slow: {run: [sleep, '30'], timeout: 50ms}}\n")
      .args({"run", "jobs.yaml"})
      .expect_exit(1)
      .expect_stderr(
          "[1/1] TIMEOUT <time> slow: timed out after 50ms\n\n1 job: 1 timed out in <time>\n\nTIMEOUT slow: timed out after "
          "50ms\nresume with: corun resume <run>\n")
      .run();
}

TEST_CASE("The run's own timeout") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  slow: {run: [sleep, '30']}\n  next: {run: [echo, no], needs: slow}\n")
      .args({"run", "jobs.yaml", "--timeout", "50ms"})
      .expect_exit(124)
      .expect_stderr_parts({"corun: the run's timeout has passed; ending 1 job\n", "slow", "2 jobs: "})
      .run();
}

TEST_CASE("Fail fast") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  bad: {run: [sh, -c, 'exit 1']}\n  slow: {run: [sleep, '30']}\n")
      .args({"run", "jobs.yaml", "-j2", "--fail-fast"})
      .expect_exit(1)
      .expect_stderr(R"([1/2] FAIL <time> bad: exit code 1
corun: stopping at the first failure; ending 1 job
[2/2] CANCEL <time> slow: stopped by an earlier failure

2 jobs: 1 failed, 1 cancelled in <time>

FAIL bad: exit code 1
CANCEL slow: stopped by an earlier failure
resume with: corun resume <run>
)")
      .run();
}

TEST_CASE("A gather: the loser of a race is no failure") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  either:
    gather:
      policy: any
      jobs:
        quick: {run: [echo, first]}
        slow: {run: [sleep, '30']}
)")
      .args({"run", "jobs.yaml", "-j2"})
      .expect_stdout("first\n")
      .expect_stderr(
          "[0/1] ok <time> either/quick\n[0/1] CANCEL <time> either/slow: lost race\n[1/1] ok <time> either\n1 job: 1 ok in "
          "<time>\n")
      .run();
}

TEST_CASE("Open breakers as the only cause") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
breakers: {api: {mode: forced_open}}
jobs:
  a: {run: [echo, no], breaker: api}
)")
      .args({"run", "jobs.yaml"})
      .expect_exit(69)
      .expect_stderr(
          "[1/1] REJECT a: breaker `api` is open\n\n1 job: 1 rejected in <time>\n\nREJECT a: breaker `api` is open\n"
          "resume with: corun resume <run>\n")
      .run();
}

TEST_CASE("A program that isn't there") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [corun-no-such-program]}}\n")
      .args({"run", "jobs.yaml", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL a: ", "corun-no-such-program"})
      .run();
}

TEST_CASE("Ended by a signal: the jobs are ended, then corun dies by it") {
  for (const auto& [name, number, words, reason] :
       {std::tuple{"INT", SIGINT, "interrupted; ending 1 job (interrupt again to kill)", "interrupted"},
        std::tuple{"TERM", SIGTERM, "asked to end; ending 1 job", "terminated"},
        std::tuple{"HUP", SIGHUP, "asked to end; ending 1 job", "terminated"}}) {
    CorunTest()
        .file("jobs.yaml", std::string("version: 1\njobs:\n  a: {run: 'kill -") + name +
                               " $PPID; sleep 30'}\n  b: {run: [echo, no], needs: a}\n")
        .args({"run", "jobs.yaml"})
        .expect_signal(number)
        .expect_stderr(std::string("corun: ") + words + "\n[1/2] CANCEL b: " + reason + "\n[2/2] CANCEL <time> a: " + reason +
                       "\n\n2 jobs: 2 cancelled in <time>\n\nCANCEL b: " + reason + "\nCANCEL a: " + reason +
                       "\nresume with: corun resume <run>\n")
        .run();
  }
}

TEST_CASE("A second signal kills without grace") {
  // What comes within 100ms is the same signal once more.
  CorunTest()
      .file("jobs.yaml",
            "version: 1\njobs:\n  a: {run: 'trap \"sleep 0.11; kill -INT $PPID\" INT TERM; kill -INT $PPID; while :; do sleep "
            "0.01; done', "
            "stop: {grace: 1h}}\n")
      .args({"run", "jobs.yaml"})
      .expect_signal(SIGINT)
      .expect_stderr_parts(
          {"corun: interrupted; ending 1 job", "corun: killing what still runs\n", "CANCEL <time> a: interrupted"})
      .run();
}

TEST_CASE("QUIT kills at once") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: 'trap \"\" TERM INT; kill -QUIT $PPID; sleep 30', stop: {grace: 1h}}}\n")
      .args({"run", "jobs.yaml"})
      .expect_signal(SIGQUIT)
      .expect_stderr_parts({"corun: asked to end; ending 1 job\n", "corun: killing what still runs\n"})
      .run();
}

// Stops corun, waits until it and its job stand still, lets corun go on.
constexpr const char* kStopAndGoOn =
    "stopped() { grep -q '^State:.T' /proc/$1/status; }\n"
    "kill -TSTP $1\n"
    "until stopped $1 && stopped $2; do :; done\n"
    "kill -CONT $1\n";

TEST_CASE("TSTP lets corun and its jobs stand still until CONT") {
  // Within a corun of its own, since nobody's process group (an orphaned one) isn't stopped.
  CorunTest()
      .file("stop.sh", kStopAndGoOn)
      .file("jobs.yaml", "version: 1\njobs: {a: {run: 'setsid sh stop.sh $PPID $$ & wait; echo went on'}}\n")
      .file("outer.yaml", "version: 1\njobs: {outer: {run: '\"$CORUN\" run jobs.yaml 2>/dev/null'}}\n")
      .args({"run", "outer.yaml"})
      .env("CORUN", CORUN_BINARY)
      .expect_stdout("went on\n")
      .expect_stderr("[1/1] ok <time> outer\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("USR1 shows what runs") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: 'kill -USR1 $PPID; sleep 0.2'}}\n")
      .args({"run", "jobs.yaml"})
      .expect_stderr_parts({"[0/1] ", "1 running\n  a: ", "[1/1] ok <time> a\n"})
      .run();
}

TEST_CASE("A reader that went away mutes standard output, and the run goes on") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a: {run: [sh, -c, 'seq 1 100000']}\n  b: {run: [touch, done], needs: a}\n")
      .file("inner.sh",
            "( \"$CORUN\" run jobs.yaml 2>/dev/null; echo $? > code ) | head -n1 >/dev/null\ncat code\nrm code done\n")
      .file("outer.yaml", "version: 1\njobs: {outer: {run: [sh, inner.sh]}}\n")
      .args({"run", "outer.yaml"})
      .env("CORUN", CORUN_BINARY)
      .expect_stdout("0\n")
      .expect_stderr("[1/1] ok <time> outer\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("Standard output that can't be written") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [echo, hi]}}\n")
      .file("outer.yaml",
            "version: 1\njobs: {outer: {run: '\"$CORUN\" run jobs.yaml -q -o json > /dev/full', expect: {exit_codes: 73}}}\n")
      .args({"run", "outer.yaml"})
      .env("CORUN", CORUN_BINARY)
      .expect_stdout("corun: standard output can't be written: No space left on device\n")
      .expect_stderr("[1/1] ok <time> outer\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("Few open files: fewer jobs at once, none lost") {
  std::string jobs = "version: 1\njobs:\n";
  for (int i = 0; i < 30; ++i) jobs += "  j" + std::to_string(i) + ": {run: [sh, -c, 'cat; exec sleep 0.01'], stdin: text}\n";
  CorunTest()
      .file("jobs.yaml", jobs)
      .file("outer.yaml", "version: 1\njobs: {outer: {run: 'ulimit -n 60; \"$CORUN\" run jobs.yaml -j 30 -q 2>&1'}}\n")
      .args({"run", "outer.yaml"})
      .env("CORUN", CORUN_BINARY)
      .expect_stdout("corun: warning: only 60 files may be open (ulimit -n), so at most 4 processes at once\n")
      .expect_stderr("[1/1] ok <time> outer\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("A file that is there already: skipped without a request, or a failure that isn't tried again") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
defaults: {retry: 3}
jobs:
  skip: {http: {url: "http://no-such-host.invalid/", save: {file: out.bin, if_exists: skip}}}
  fail: {needs: skip, http: {url: "http://no-such-host.invalid/", save: out.bin}}
)")
      .file("out.bin", "old")
      .args({"run", "jobs.yaml", "-q"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL", "fail: can't save to out.bin: the file exists", "(a failure of this kind isn't retried)"})
      .run();
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  skip: {http: {url: "http://no-such-host.invalid/", save: {file: out.bin, if_exists: skip}}}
)")
      .file("out.bin", "old")
      .args({"run", "jobs.yaml"})
      .expect_stderr("[1/1] ok <time> skip: out.bin exists, nothing was requested\n1 job: 1 ok in <time>\n")
      .run();
}
