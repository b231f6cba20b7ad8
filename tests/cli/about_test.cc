// The commands that tell what corun knows of itself: init, explain, schema, completion.
#include "catch.h"
#include "corun_test.h"

TEST_CASE("explain tells what a code means, however it is written") {
  for (const char* name : {"E101", "e101", "error[E101]"}) {
    CorunTest()
        .args({"explain", name})
        .expect_stdout_parts({"E101: an unknown key\n", "\nWrong:\n\n    version: 1\n", "\nRight:\n"})
        .run();
  }
  CorunTest()
      .args({"explain"})
      .expect_stdout_parts({"E001  the file isn't valid YAML\n", "\nE101  an unknown key\n", "W012"})
      .run();
  CorunTest()
      .args({"explain", "E11O"})
      .expect_exit(2)
      .expect_stderr("corun: there is no code `E11O`; did you mean `E110`? (`corun explain` lists them)\n")
      .run();
}

TEST_CASE("what a check says ends with how to learn more, for people only") {
  CorunTest test;
  test.file("f.yaml", "version: 1\njobs: {a: {run: x, zz: 1}}\n");
  test.args({"check", "f.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"E101", "\n\nfor more about this, try `corun explain E101`\n"})
      .run();
  test.args({"run", "f.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"E101", "\n\nfor more about this, try `corun explain E101`\n"})
      .run();
  test.args({"check", "--format", "short", "f.yaml"})
      .expect_exit(65)
      .expect_stdout("f.yaml:2:20: error[E101]: unknown key `zz` in job `a`\n")
      .run();
}

TEST_CASE("schema prints two schemas") {
  CorunTest().args({"schema"}).expect_stdout_parts({"\"title\": \"corun job file\"", "\"$defs\""}).run();
  CorunTest().args({"schema", "events"}).expect_stdout_parts({"\"title\": \"corun event\"", "\"run.end\""}).run();
  CorunTest()
      .args({"schema", "jobs"})
      .expect_exit(2)
      .expect_stderr("corun: `corun schema` takes events, not `jobs`\ntry `corun schema --help`\n")
      .run();
}

TEST_CASE("completion takes the name of a shell") {
  CorunTest().args({"completion", "zsh"}).expect_stdout_parts({"#compdef corun\n"}).run();
  CorunTest()
      .args({"completion"})
      .expect_exit(2)
      .expect_stderr("corun: `corun completion` takes bash, zsh or fish\ntry `corun completion --help`\n")
      .run();
}

TEST_CASE("init writes a file that runs, and never over another one") {
  CorunTest().args({"init", "-"}).expect_stdout_parts({"version: 1\n", "jobs:\n"}).run();
  CorunTest()
      .file("corun.yaml", "mine\n")
      .args({"init"})
      .expect_exit(73)
      .expect_stderr("corun: `corun.yaml` is there already: nothing was written\n")
      .run();
  CorunTest()
      .args({"init", "none/x.yaml"})
      .expect_exit(73)
      .expect_stderr("corun: can't write `none/x.yaml`: No such file or directory\n")
      .run();
}
