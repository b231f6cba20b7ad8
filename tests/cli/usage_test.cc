// Wrong usage, help and version: what corun says before it looks at any job.
#include "catch.h"
#include "corun_test.h"

TEST_CASE("Version") { CorunTest().args({"--version"}).expect_stdout("corun " CORUN_VERSION "\n").run(); }

TEST_CASE("Help of corun as a whole") {
  CorunTest()
      .args({"--help"})
      .expect_stdout_parts({"usage: corun [run] FILE", "commands:", "examples:", "exit codes:", "128+n"})
      .run();
  CorunTest().args({"-h"}).expect_stdout_parts({"usage: corun [run] FILE"}).run();
}

TEST_CASE("Help of each command") {
  CorunTest()
      .args({"run", "--help"})
      .expect_stdout_parts({"usage: corun [run]", "--jobs", "--set", "--output-format", "--no-state"})
      .run();
  CorunTest().args({"check", "--help"}).expect_stdout_parts({"usage: corun check", "--format"}).run();
  CorunTest().args({"plan", "--help"}).expect_stdout_parts({"usage: corun plan", "--only", "--output-format"}).run();
}

TEST_CASE("Without a job file") {
  CorunTest().expect_exit(2).expect_stderr("corun: no job file given\ntry `corun --help`\n").run();
  CorunTest().args({"check"}).expect_exit(2).expect_stderr("corun: no job file given\ntry `corun check --help`\n").run();
}

TEST_CASE("An unknown flag gets a suggestion") {
  CorunTest()
      .args({"run", "x.yaml", "--jbos", "4"})
      .expect_exit(2)
      .expect_stderr("corun: unknown option `--jbos`; did you mean `--jobs`?\ntry `corun run --help`\n")
      .run();
  CorunTest()
      .args({"run", "x.yaml", "--max-htpp=4"})
      .expect_exit(2)
      .expect_stderr("corun: unknown option `--max-htpp`; did you mean `--max-http`?\ntry `corun run --help`\n")
      .run();
  CorunTest()
      .args({"x.yaml", "--frobnicate"})
      .expect_exit(2)
      .expect_stderr("corun: unknown option `--frobnicate`\ntry `corun run --help`\n")
      .run();
  CorunTest().args({"x.yaml", "-z"}).expect_exit(2).expect_stderr("corun: unknown option `-z`\ntry `corun run --help`\n").run();
}

TEST_CASE("An unknown command gets a suggestion") {
  CorunTest()
      .args({"rnu", "jobs.yaml"})
      .expect_exit(2)
      .expect_stderr("corun: `rnu` is neither a command nor a file; did you mean `run`?\ntry `corun --help`\n")
      .run();
  CorunTest()
      .args({"frobnicate"})
      .expect_exit(2)
      .expect_stderr("corun: `frobnicate` is neither a command nor a file\ntry `corun --help`\n")
      .run();
}

TEST_CASE("A word of another program leads to the command that means it") {
  const auto meant = [](const std::string& word, const std::string& line) {
    CorunTest()
        .args({word})
        .expect_exit(2)
        .expect_stderr("corun: `" + word + "` is neither a command nor a file; did you mean `" + line +
                       "`?\ntry `corun --help`\n")
        .run();
  };
  meant("help", "corun --help");
  meant("list", "corun ls");
  meant("validate", "corun check");
  CorunTest()
      .args({"-V"})
      .expect_exit(2)
      .expect_stderr("corun: unknown option `-V`; did you mean `--version`?\ntry `corun --help`\n")
      .run();
}

TEST_CASE("A job file that isn't named, or not quite as it is called") {
  CorunTest()
      .file("corun.yaml", "version: 1\njobs: {a: {run: echo a}}\n")
      .args({"plan"})
      .expect_exit(2)
      .expect_stderr("corun: no job file given; did you mean `corun plan corun.yaml`?\ntry `corun plan --help`\n")
      .run();
  CorunTest()
      .file("sub/jobs.yaml", "version: 1\njobs: {a: {run: echo a}}\n")
      .args({"sub/jobs.yml"})
      .expect_exit(66)
      .expect_stderr("corun: can't read `sub/jobs.yml`: No such file or directory; did you mean `sub/jobs.yaml`?\n")
      .run();
}

TEST_CASE("A flag of another command") {
  CorunTest()
      .args({"check", "x.yaml", "--fail-fast"})
      .expect_exit(2)
      .expect_stderr("corun: `--fail-fast` isn't an option of `corun check`\ntry `corun check --help`\n")
      .run();
  CorunTest()
      .args({"run", "x.yaml", "--format", "json"})
      .expect_exit(2)
      .expect_stderr("corun: `--format` isn't an option of `corun run`\ntry `corun run --help`\n")
      .run();
}

TEST_CASE("A flag without its value") {
  CorunTest()
      .args({"run", "x.yaml", "--jobs"})
      .expect_exit(2)
      .expect_stderr("corun: option `--jobs` needs a value\ntry `corun run --help`\n")
      .run();
}

TEST_CASE("Values that make no sense") {
  const auto wrong = [](std::initializer_list<std::string> arguments, const std::string& message) {
    CorunTest().args(arguments).expect_exit(2).expect_stderr("corun: " + message + "\ntry `corun run --help`\n").run();
  };
  wrong({"run", "x.yaml", "-j", "0"}, "--jobs: expected `auto` or a number from 1, not `0`");
  wrong({"run", "x.yaml", "-j4x"}, "--jobs: expected `auto` or a number from 1, not `4x`");
  wrong({"run", "x.yaml", "--max-http", "no"}, "--max-http: expected a number from 1, not `no`");
  wrong({"run", "x.yaml", "--timeout", "30"}, "--timeout: expected a duration such as `90s` or `1h30m`, not `30`");
  wrong({"run", "x.yaml", "-o", "xml"}, "--output-format: expected text, json or ndjson, not `xml`");
  wrong({"run", "x.yaml", "--progress", "bar"}, "--progress: expected auto, tty, plain or none, not `bar`");
  wrong({"run", "x.yaml", "--log-order", "any"}, "--log-order: expected live, grouped or prefixed, not `any`");
  wrong({"run", "x.yaml", "--color", "blue"}, "--color: expected auto, always or never, not `blue`");
  wrong({"run", "x.yaml", "-k", "--fail-fast"}, "--keep-going and --fail-fast contradict each other");
  wrong({"run", "x.yaml", "--no-state", "--state-dir", "d"}, "--no-state and --state-dir contradict each other");
}

TEST_CASE("A wrong value in the environment names its variable") {
  CorunTest()
      .args({"run", "x.yaml"})
      .env("CORUN_MAX_HTTP", "many")
      .expect_exit(2)
      .expect_stderr("corun: CORUN_MAX_HTTP: expected a number from 1, not `many`\ntry `corun run --help`\n")
      .run();
}

TEST_CASE("The check command takes one file") {
  CorunTest()
      .args({"check", "a.yaml", "b"})
      .expect_exit(2)
      .expect_stderr("corun: `corun check` takes one job file\ntry `corun check --help`\n")
      .run();
}
