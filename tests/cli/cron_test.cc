// What corun says when nobody watches, and what it prints for cron and systemd.
#include "catch.h"
#include "corun_test.h"

namespace {

const char* const kFails = R"(version: 1
name: nightly
jobs:
  fetch: {run: "echo fetched"}
  load: {run: "echo disk full >&2; exit 3", needs: fetch}
  tell: {run: "echo told", needs: load}
)";

}  // namespace

TEST_CASE("--cron says nothing of a success, whatever else is to be said") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: echo noise}, b: {run: exit 1, continue_on_error: true}}\n")
      .args({"--cron", "jobs.yaml"})
      .run();
  CorunTest().file("jobs.yaml", "version: 1\njobs: {a: {run: echo noise}}\n").args({"jobs.yaml"}).env("CORUN_CRON", "1").run();
}

TEST_CASE("--cron says of a failure what one wants to read in a mail") {
  CorunTest()
      .file("jobs.yaml", kFails)
      .args({"--cron", "jobs.yaml", "--color", "always"})
      .expect_exit(1)
      .expect_stderr_parts(
          {"nightly failed on ", ": load: exit code 3\n\nfile     <dir>/jobs.yaml\nhost     ",
           "\nrun      <run>\nstarted  <ts>\njobs     3 jobs: 1 ok, 1 failed, 1 skipped in <time>\nexit     1\n\n"
           "FAIL load: exit code 3\n  | disk full\n  log: <state>/runs/<run>/load.log\n"
           "SKIP tell: needs `load`, which didn't succeed\n\nresume with: corun resume <run> --state-dir <state>\n"
           "all output of a job: corun logs --run <run> --state-dir <state> load\n"})
      .run();
}

TEST_CASE("--cron and -o json") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: echo noise}}\n")
      .args({"--cron", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts({R"({"v":1,"run":"<run>","file":"jobs.yaml")"})
      .run();
}

TEST_CASE("A run with a lock says nothing of it") {
  CorunTest()
      .file("jobs.yaml", "version: 1\nconcurrency: {group: 'a/${{ .vars.x }}'}\nvars: {x: 5}\njobs: {a: {run: exit 0}}\n")
      .args({"jobs.yaml"})
      .expect_stderr("[1/1] ok <time> a\n1 job: 1 ok in <time>\n")
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: exit 0}}\n")
      .args({"jobs.yaml", "-v", "--lock", "wait:5m"})
      .expect_stderr_parts({"INFO run=<run> event=lock lock=jobs change=taken\n", "event=run_start"})
      .run();
}

TEST_CASE("Locks: what is wrong is said before anything runs") {
  CorunTest()
      .standard_input("version: 1\njobs: {a: {run: exit 0}}\n")
      .args({"-", "--lock", "skip"})
      .expect_exit(2)
      .expect_stderr("corun: a job file from standard input has no lock of its own: give it `concurrency: {group: NAME}`\n")
      .run();
  CorunTest()
      .file("jobs.yaml",
            "version: 1\nsecrets: {s: {env: TOKEN}}\nconcurrency: {group: '${{ .secrets.s }}'}\njobs: {a: {run: exit 0}}\n")
      .env("TOKEN", "confidential")
      .args({"jobs.yaml"})
      .expect_exit(65)
      .expect_stderr("corun: `group` of `concurrency` holds a secret: it is shown by `corun lock ls`\n")
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\nconcurrency: {group: '${{ .vars.y }}'}\nvars: {x: 5}\njobs: {a: {run: exit 0}}\n")
      .args({"jobs.yaml"})
      .expect_exit(78)
      .expect_stderr_parts({"undefined variable `y`", "jobs.yaml:2:"})
      .run();
  CorunTest().args({"lock", "ls"}).run();
  CorunTest().args({"lock", "ls", "-o", "json"}).expect_stdout("{\"v\":1,\"locks\":[]}\n").run();
}

TEST_CASE("Flags of runs that nobody watches: values that make no sense") {
  const auto wrong = [](std::initializer_list<std::string> arguments, const std::string& message) {
    CorunTest().args(arguments).expect_exit(2).expect_stderr("corun: " + message + "\ntry `corun run --help`\n").run();
  };
  wrong({"run", "x.yaml", "--lock", "maybe"}, "--lock: expected skip, wait, wait:DURATION, replace or allow, not `maybe`");
  wrong({"run", "x.yaml", "--lock", "wait:5"}, "--lock: expected a duration after `wait:`, such as `wait:30m`, not `wait:5`");
  wrong({"run", "x.yaml", "--jitter", "5"}, "--jitter: expected a duration such as `90s` or `1h30m`, not `5`");
  wrong({"run", "x.yaml", "--ping", "hc/x"}, "--ping: expected a URL that starts with http:// or https://, not `hc/x`");
  CorunTest()
      .args({"run", "x.yaml", "--report", "pron=x"})
      .expect_exit(2)
      .expect_stderr_parts({"corun: --report: `pron` isn't a kind of report; there is `prom`, ", "`\ntry `corun run --help`\n"})
      .run();
  wrong({"run", "x.yaml", "--report", "prom"}, "--report: expected KIND=PATH, not `prom`");
  wrong({"run", "x.yaml", "--no-state", "--if-older-than", "1h"}, "--if-older-than and --no-state contradict each other");
  wrong({"run", "x.yaml", "--no-state", "--lock", "skip"}, "--lock and --no-state contradict each other");
}

TEST_CASE("A crontab line has whole paths, and every % escaped") {
  CorunTest()
      .file("50% off.yaml", "version: 1\njobs: {a: {run: exit 0}}\n")
      .args({"cron", "print", "50% off.yaml", "--schedule", "15 2 * * 1-5", "--jitter", "600s", "--lock", "wait:90m", "--report",
             "prom=m.prom"})
      .expect_stdout_parts({"15 2 * * 1-5 /",
                            "/corun run --cron --lock wait:1h30m --jitter 10m --report prom=<dir>/m.prom "
                            "--state-dir <state> -C <dir> '<dir>/50\\% off.yaml'\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\nconcurrency: {group: x}\njobs: {a: {run: exit 0}}\n")
      .args({"cron", "print", "jobs.yaml", "--schedule", "@daily"})
      .expect_stdout_parts({"@daily /", "/corun run --cron --state-dir <state> -C <dir> <dir>/jobs.yaml\n"})
      .run();
}

TEST_CASE("Units of systemd") {
  CorunTest()
      .file("jobs.yaml", "version: 1\nname: a b\ndescription: 100% sure\njobs: {a: {run: exit 0}}\n")
      .args({"systemd", "print", "jobs.yaml", "--on-calendar", "Mon..Fri 02:15", "--ping", "https://h/$x%20y"})
      .expect_stdout_parts(
          {"# a-b.service\n[Unit]\nDescription=100%% sure\n\n[Service]\nType=oneshot\nExecStart=/",
           "/corun run --cron --lock skip --ping https://h/$$x%%20y --state-dir <state> -C <dir> <dir>/jobs.yaml\n",
           "# a-b.timer\n[Unit]\nDescription=100%% sure\n\n[Timer]\nOnCalendar=Mon..Fri 02:15\nPersistent=true\n\n"
           "[Install]\nWantedBy=timers.target\n"})
      .run();
}

TEST_CASE("What can't be scheduled isn't printed") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: exit 0}}\n")
      .args({"cron", "print", "jobs.yaml", "--schedule", "75 2 * * *"})
      .expect_exit(2)
      .expect_stderr("corun: --schedule `75 2 * * *`: `75` isn't a minute (0-59, a range, `*`, or `*/STEP`)\n")
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {runn: exit 0}}\n")
      .args({"cron", "print", "jobs.yaml", "--schedule", "@daily"})
      .expect_exit(65)
      .expect_stderr_parts({"error[E101]"})
      .run();
  CorunTest().args({"cron", "print", "no.yaml", "--schedule", "@daily"}).expect_exit(66).expect_stderr_parts({"no.yaml"}).run();
  CorunTest()
      .args({"cron", "print", "jobs.yaml"})
      .expect_exit(2)
      .expect_stderr("corun: `corun cron print` needs `--schedule`, such as `--schedule '15 2 * * *'`\ntry `corun cron --help`\n")
      .run();
  CorunTest()
      .args({"cron", "jobs.yaml"})
      .expect_exit(2)
      .expect_stderr("corun: `corun cron` is followed by `print`\ntry `corun cron --help`\n")
      .run();
  CorunTest()
      .args({"systemd", "print", "jobs.yaml", "--on-calendar", "at dawn"})
      .expect_exit(2)
      .expect_stderr_parts({"corun: --on-calendar `at dawn`: `at` is neither days, a date nor a time"})
      .run();
}

TEST_CASE("check --cron finds what cron is known to break") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
dotenv: /etc/env
secrets: {token: {env: API_TOKEN}, me: {env: LOGNAME}}
jobs:
  a: {run: ./load.sh, working_dir: data}
  b: {run: "A=1 ldconfig -p | head; date +\\%F"}
  c: {run: [sbin/x], needs: a}
  d: {http: {url: "https://h/", save: {file: out.bin}}}
  e: {run: ldconfig, env: {PATH: /usr/sbin}}
)")
      .env("PATH", "/usr/sbin:/usr/bin:/bin")
      .args({"check", "--cron", "--format", "short", "jobs.yaml"})
      .expect_stdout(
          "jobs.yaml:3:11: warning[W013]: the secret `token` is taken from `API_TOKEN`, which cron doesn't set\n"
          "jobs.yaml:5:36: warning[W010]: `working_dir` of job `a` is a relative path: `data`\n"
          "jobs.yaml:6:12: warning[W011]: job `b` runs `ldconfig`, which isn't in cron's PATH (/usr/bin:/bin)\n"
          "jobs.yaml:6:12: warning[W012]: `\\%` in `run` of job `b`\n"
          "jobs.yaml:7:13: warning[W010]: job `c` runs `sbin/x`, a relative path\n"
          "jobs.yaml:8:46: warning[W010]: `save` of job `d` is a relative path: `out.bin`\n")
      .run();
  CorunTest().file("jobs.yaml", "version: 1\njobs: {a: {run: ./x}}\n").args({"check", "jobs.yaml"}).run();
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: ./x}}\n")
      .args({"check", "--cron", "jobs.yaml"})
      .expect_stderr(R"(warning[W010]: job `a` runs `./x`, a relative path
 --> jobs.yaml:2:17
  |
2 | jobs: {a: {run: ./x}}
  |                 ^
  = help: cron starts in the home directory: write the whole path, or run corun with `-C DIRECTORY`

for more about this, try `corun explain W010`
)")
      .run();
}

TEST_CASE("Help of the new commands") {
  CorunTest()
      .args({"run", "--help"})
      .expect_stdout_parts({"--cron", "--lock MODE", "--jitter", "--if-older-than", "--ping", "prom=F"})
      .run();
  CorunTest().args({"cron", "--help"}).expect_stdout_parts({"usage: corun cron print FILE", "--schedule"}).run();
  CorunTest().args({"systemd", "--help"}).expect_stdout_parts({"usage: corun systemd print FILE", "--on-calendar"}).run();
  CorunTest().args({"lock", "--help"}).expect_stdout_parts({"usage: corun lock ls"}).run();
}
