// What the command line says instead of the file: variables from files, retries, the environment, the exit code.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kVars = R"(version: 1
vars: {who: nobody, count: 1, list: []}
jobs: {say: {run: 'echo "${{ .vars.who }} ${{ .vars.count + 1 }} ${{ .vars.list }}"'}}
)";

}  // namespace

TEST_CASE("Option --vars: maps in YAML or JSON, later files before earlier ones, --set before all") {
  CorunTest test;
  test.file("jobs.yaml", kVars)
      .file("a.yaml", "who: Ann\ncount: 2\nlist: [a, {b: 3.5}]\n")
      .file("b.json", "{\n\t\"who\": \"Bob ${{ .vars.x }}\"\n}\n")
      .file("none.yaml", "# nothing\n")
      .args({"jobs.yaml", "--vars", "a.yaml"})
      .expect_stdout("Ann 3 [\"a\",{\"b\":3.5}]\n")
      .expect_stderr_parts({"ok"})
      .run();
  test.args({"jobs.yaml", "--vars", "a.yaml", "--vars", "b.json", "--set", "count=5", "--vars", "none.yaml"})
      .expect_stdout("Bob ${{ .vars.x }} 6 [\"a\",{\"b\":3.5}]\n")
      .expect_stderr_parts({"ok"})
      .run();
  test.args({"jobs.yaml"})
      .env("CORUN_VARS", "a.yaml\nb.json")
      .expect_stdout("Bob ${{ .vars.x }} 3 [\"a\",{\"b\":3.5}]\n")
      .expect_stderr_parts({"ok"})
      .run();
}

TEST_CASE("Option --vars: what is wrong with a file has its place") {
  CorunTest test;
  test.file("jobs.yaml", kVars).file("vars.yaml", "who: Ann\ncuont: 2\nsize: 3\n");
  test.args({"plan", "jobs.yaml", "--vars", "vars.yaml"})
      .expect_exit(78)
      .expect_stderr(R"(error[E209]: `jobs.yaml` has no variable `cuont`
 --> vars.yaml:2:1
  |
2 | cuont: 2
  | ^^^^^ did you mean `count`?

error[E209]: `jobs.yaml` has no variable `size`
 --> vars.yaml:3:1
  |
3 | size: 3
  | ^^^^

for more about this, try `corun explain E209`
)")
      .run();
  test.file("list.yaml", "- who\n")
      .args({"jobs.yaml", "--vars", "list.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"error[E104]: a file of variables is a map of names to values\n --> list.yaml:1:1"})
      .run();
  test.file("broken.json", "{\"who\": \"Ann\", \"who\": [}\n")
      .args({"jobs.yaml", "--vars", "broken.json"})
      .expect_exit(65)
      .expect_stderr_parts({"error[E001]", " --> broken.json:1:24"})
      .run();
  test.args({"jobs.yaml", "--vars", "no.yaml"})
      .expect_exit(66)
      .expect_stderr("corun: can't read `no.yaml`: No such file or directory\n")
      .run();
  test.args({"jobs.yaml", "--vars", "-"})
      .expect_exit(2)
      .expect_stderr("corun: --vars: `-` isn't possible: give a file, such as /dev/fd/3\n")
      .run();
}

TEST_CASE("Option --retries: for jobs that don't say so themselves, also inside of groups") {
  const char* jobs = R"(version: 1
defaults: {retry: {attempts: 2, delay: 1ms, jitter: none}}
jobs:
  plain: {run: 'echo plain $CORUN_ATTEMPT; test $CORUN_ATTEMPT = 3'}
  own: {needs: {plain: done}, run: 'echo own $CORUN_ATTEMPT; false', retry: {attempts: 1}, continue_on_error: true}
  group: {needs: {own: done}, gather: {jobs: {inside: {run: 'echo inside $CORUN_ATTEMPT; test $CORUN_ATTEMPT = 3'}}}}
)";
  CorunTest test;
  test.file("jobs.yaml", jobs).args({"jobs.yaml", "-qqq", "--retries", "2"}).run();
  test.args({"jobs.yaml", "--no-state", "--retries", "2", "-o", "json", "--only", "plain"})
      .expect_stdout_parts({R"("plain":{"state":"succeeded","attempts":3,)"})
      .expect_stderr_parts({"ok"})
      .run();
  test.args({"plan", "jobs.yaml", "--retries", "4", "-o", "json"})
      .expect_stdout_parts({R"("name":"plain")", R"("retry":{"attempts":5,)", R"("name":"own")", R"("retry":{"attempts":1})",
                            R"("name":"group/inside")", R"("retry":{"attempts":5,)", R"("retry":{"attempts":1})"})
      .run();
  test.args({"plan", "jobs.yaml", "--retries", "1", "--env-clean"})
      .expect_stdout_parts(
          {"\njobs without a `retry` of their own are tried up to 2 times\nprocesses get little of the environment"})
      .run();
  test.args({"plan", "jobs.yaml", "--retries", "0", "-o", "json", "--only", "plain"})
      .expect_stdout_parts({R"("retry":{"attempts":1})"})
      .run();
  test.args({"jobs.yaml", "--retries", "-1"})
      .expect_exit(2)
      .expect_stderr("corun: --retries: expected a number from 0, not `-1`\ntry `corun run --help`\n")
      .run();
}

TEST_CASE("Option --env-clean: processes get what was named, and what nearly all need") {
  const char* jobs = R"(version: 1
env: {NAMED: "from ${{ .env.OUTER }}"}
jobs:
  show: {run: 'env | grep -v "^CORUN_\|^PWD\|^_\|^SHLVL\|^OLDPWD" | sed "s/^HOME=.*/HOME/; s/^PATH=.*/PATH/" | sort', env: {OWN: "1"}}
)";
  CorunTest test;
  test.file("jobs.yaml", jobs).env("OUTER", "outside").env("OTHER", "x").env("PASSED", "on").env("LANG", "C").env("LC_ALL", "C");
  test.args({"jobs.yaml", "--env-clean", "-e", "PASSED", "-e", "GIVEN=2"})
      .expect_stdout("GIVEN=2\nHOME\nLANG=C\nLC_ALL=C\nNAMED=from outside\nOWN=1\nPASSED=on\nPATH\n")
      .expect_stderr_parts({"ok"})
      .run();
  test.env("OUTER", "outside")
      .env("OTHER", "x")
      .env("CORUN_ENV_CLEAN", "1")
      .args({"jobs.yaml"})
      .expect_stdout_parts({"HOME\n", "NAMED=from outside\nOWN=1\nPATH\n"})
      .expect_stderr_parts({"ok"})
      .run();
}

TEST_CASE("Option --exit-code job: that of the process at the root") {
  const auto code_of = [](const std::string& jobs, int code) {
    INFO(jobs);
    CorunTest()
        .file("jobs.yaml", "version: 1\njobs:\n" + jobs)
        .args({"jobs.yaml", "-qqq", "-j1", "--no-state", "--exit-code", "job"})
        .expect_exit(code)
        .run();
  };
  code_of("  a: {run: exit 7}\n  b: {needs: {a: failed}, run: exit 8}\n", 7);
  code_of("  a: {run: exit 7, continue_on_error: true}\n  b: {needs: a, run: exit 8}\n", 8);
  code_of("  a: {run: 'kill -9 $$'}\n", 137);
  code_of("  a: {run: sleep 9, timeout: 10ms}\n", 1);
  code_of("  a: {run: exit 7}\n  b: {needs: {a: done}, run: \"true\"}\n", 7);
  code_of("  a: {run: \"true\"}\n", 0);
  code_of(
      "  g: {gather: {jobs: {any: {gather: {policy: any, jobs: {x: {run: exit 5}, y: {run: \"true\"}}}}, z: {needs: any, run: "
      "exit 6}}}}\n",
      6);
  code_of("  each: {foreach: {items: [0, 4, 3], max_concurrent: 1}, run: 'exit ${{ .item }}'}\n", 4);
  code_of("  each: {foreach: {items: [0, 4], max_concurrent: 1}, gather: {jobs: {x: {run: 'exit ${{ .item }}'}}}}\n", 4);
  CorunTest test;
  test.file("jobs.yaml", "version: 1\njobs: {a: {run: exit 130}}\n")
      .args({"jobs.yaml", "-qqq", "--exit-code=job"})
      .expect_exit(130)
      .run();
  test.args({"history", "--failed", "-o", "json"}).expect_stdout_parts({R"("verdict":"failed","exit_code":130)"}).run();
  test.args({"jobs.yaml", "-qqq"}).expect_exit(1).run();
  test.args({"jobs.yaml", "--exit-code", "7"})
      .expect_exit(2)
      .expect_stderr("corun: --exit-code: expected run or job, not `7`\ntry `corun run --help`\n")
      .run();
}
