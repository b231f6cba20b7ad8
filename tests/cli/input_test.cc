// Files, variables and selection: what a run starts from, and what it says if that is wrong.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kGreeting = R"(version: 1
vars: {who: world, count: 2}
jobs:
  greet: {run: [echo, "hello ${{ .vars.who }}", "${{ .vars.count }}"]}
)";

constexpr const char* kChain = R"(version: 1
jobs:
  build: {run: [echo, built]}
  test-unit: {run: [echo, tested], needs: build}
  test-slow: {run: [echo, slow], needs: build}
  deploy: {run: [echo, deployed], needs: test-unit}
)";

}  // namespace

TEST_CASE("A missing job file") {
  CorunTest()
      .args({"run", "no.yaml"})
      .expect_exit(66)
      .expect_stderr("corun: can't read `no.yaml`: No such file or directory\n")
      .run();
  CorunTest().args({"./no"}).expect_exit(66).expect_stderr("corun: can't read `./no`: No such file or directory\n").run();
  CorunTest()
      .args({"check", "no.yaml"})
      .expect_exit(66)
      .expect_stderr("corun: can't read `no.yaml`: No such file or directory\n")
      .run();
  CorunTest().args({"run", "."}).expect_exit(66).expect_stderr("corun: can't read `.`: Is a directory\n").run();
}

TEST_CASE("A job file from standard input") {
  CorunTest().args({"run", "-", "-q"}).standard_input(kGreeting).run();
  CorunTest()
      .args({"-"})
      .standard_input(kGreeting)
      .expect_stdout("hello world 2\n")
      .expect_stderr("[1/1] ok <time> greet\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("An invalid job file") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  fetch:\n    run: ls\n    retires: 3\n")
      .args({"jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"error[E101]: unknown key `retires` in job `fetch`\n --> jobs.yaml:5:5\n", "5 |     retires: 3\n",
                            "did you mean `retry`?"})
      .run();
}

TEST_CASE("Every error in one pass") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a: {run: ls, needs: z, timeout: 30}\n  b: {}\n")
      .args({"run", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"error[E201]", "error[E105]", "error[E110]"})
      .run();
}

TEST_CASE("Expressions are in that pass too") {
  const char* jobs = R"(version: 1
vars: {api: x}
jobs:
  a: {run: "echo ${{ .vars.apy }}", retires: 3}
  b: {run: "echo '${{ .vars.api }}'"}
  c: {gather: {policy: any}}
)";
  for (const char* command : {"run", "check"}) {
    CorunTest()
        .file("jobs.yaml", jobs)
        .args({command, "jobs.yaml"})
        .expect_exit(65)
        .expect_stderr_parts({"error[E209]: undefined variable `apy`\n --> jobs.yaml:4:18\n",
                              "error[E101]: unknown key `retires` in job `a`\n --> jobs.yaml:4:37\n", "error[E113]",
                              "--> jobs.yaml:5:19\n", "error[E103]: missing key `jobs`"})
        .run();
  }
}

TEST_CASE("Without readable variables nothing is said of undefined ones") {
  CorunTest()
      .file("jobs.yaml", "version: 1\nvars: [a]\njobs: {a: {run: \"echo ${{ .vars.a }}\"}}\n")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:2:7: error[E104]: expected a map of names to values for `vars`, found a list "
          "(write it like `vars: {pages: 40}`)\n")
      .run();
}

TEST_CASE("A name with a dash is read by jq as a subtraction, which is told") {
  const char* jobs = R"(version: 1
vars: {my-key: x}
jobs:
  build-api: {run: "true", outputs: {y: .exit_code}}
  use:
    needs: build-api
    run: [echo, "${{ .jobs.build-api.outputs.y }}", "${{ .vars.my-key }}", "${{ matrix.os }}"]
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          R"(jobs.yaml:7:18: error[E113]: no job `build` can be seen from here (names with a dash need quotes: `.jobs["build-api"]`)
jobs.yaml:7:54: error[E209]: undefined variable `my` (names with a dash need quotes: `.vars["my-key"]`)
jobs.yaml:7:77: error[E113]: `matrix.os` isn't a path (write `.matrix.os`)
)")
      .run();
}

TEST_CASE("A program that doesn't compile is told wherever it stands") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a: {run: [echo, \"${{ 1 | no }}\"]}\n  b: {if: 1 | no, run: ls}\n")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout_parts({"jobs.yaml:3:28: error[E113]: jq: no/0", "jobs.yaml:4:15: error[E113]: jq: no/0"})
      .run();
}

TEST_CASE("Rounds of repeat have no number to reach; a comment may stand in an expression") {
  const char* jobs = R"(version: 1
jobs:
  poll:
    run: |
      echo ${{ .attempt # isn't "odd (
      }}
    repeat: {until: '.stdout == "2\n"', every: 1ms}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"jobs.yaml"})
      .expect_stdout("1\n2\n")
      .expect_stderr("[1/1] ok <time> poll (attempt 2)\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("Variables set on the command line") {
  CorunTest()
      .file("jobs.yaml", kGreeting)
      .args({"jobs.yaml", "--set", "who=you", "--set", "count=${{ .vars.who }}"})
      .expect_stdout("hello you ${{ .vars.who }}\n")
      .expect_stderr("[1/1] ok <time> greet\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("A variable the file doesn't declare") {
  CorunTest()
      .file("jobs.yaml", kGreeting)
      .args({"jobs.yaml", "--set", "whom=you"})
      .expect_exit(78)
      .expect_stderr("corun: --set: `jobs.yaml` has no variable `whom`; did you mean `who`?\n")
      .run();
  CorunTest()
      .file("jobs.yaml", kGreeting)
      .args({"jobs.yaml", "--set", "who"})
      .expect_exit(2)
      .expect_stderr("corun: --set: expected NAME=VALUE, not `who`\n")
      .run();
}

TEST_CASE("An undefined variable in an expression") {
  CorunTest()
      .file("jobs.yaml", "version: 1\nvars: {api: x}\njobs:\n  a:\n    run: [echo, \"${{ .vars.apy }}\"]\n")
      .args({"run", "jobs.yaml"})
      .expect_exit(78)
      .expect_stderr(R"(error[E209]: undefined variable `apy`
 --> jobs.yaml:5:18
  |
5 |     run: [echo, "${{ .vars.apy }}"]
  |                  ^^^^^^^^^^^^^^^^ did you mean `.vars.api`?

for more about this, try `corun explain E209`
)")
      .run();
}

TEST_CASE("A variable of the file can't refer to another one, and is told so") {
  CorunTest()
      .file("jobs.yaml", "version: 1\nvars: {a: \"${{ .vars.b }}\", b: x}\njobs: {j: {run: ls}}\n")
      .args({"check", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr(R"(error[E113]: a variable can't refer to another variable
 --> jobs.yaml:2:12
  |
2 | vars: {a: "${{ .vars.b }}", b: x}
  |            ^^^^^^^^^^^^^^
  = help: it may refer to the environment: `.env.NAME`

for more about this, try `corun explain E113`
)")
      .run();
}

TEST_CASE("The caret below wrong jq is as long as the word") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a: {run: ./a, outputs: {n: \"[.json, (nope)]\"}}\n")
      .args({"check", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"jq: nope/0 is not defined\n --> jobs.yaml:3:40\n", " ^^^^\n"})
      .run();
}

TEST_CASE("A name that isn't there is found inside of jq programs too") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  a:
    run: ./a
    outputs: {n: ".josn.items | length", fine: "[.json.items[] | select(.size > 1)] | map(.name)"}
    expect: {json: "(.json | .done) and .ready"}
)yaml")
      .args({"check", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"unknown name `.josn` in expression\n --> jobs.yaml:5:19\n", "did you mean `.json`?",
                            "unknown name `.ready` in expression\n --> jobs.yaml:6:41\n"})
      .run();
}

TEST_CASE("An expression behind quotes and escapes of YAML has its place, too") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
vars: {a: x}
jobs:
  a: {run: "echo \"${{ .vars.x }}\" \t\"${{ .vars.a | no }}\""}
  b: {run: 'echo ''x'' ${{ .vars.x }}'}
)")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:4:20: error[E209]: undefined variable `x` (did you mean `.vars.a`?)\n"
          "jobs.yaml:4:55: error[E113]: jq: no/0 is not defined\n"
          "jobs.yaml:5:24: error[E209]: undefined variable `x` (did you mean `.vars.a`?)\n")
      .run();
}

TEST_CASE("Every wrong expression of a text is found, each in its place") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
vars: {api: x}
jobs:
  a: {run: "  ls ${{ .vars.x }} ${{ .vars.y }}"}
  b: {run: "echo ${{ .vars.x }} '${{ .vars.api }}' ${{ api }}"}
  c: {http: {method: POST, url: "http://h/${{ .vars.x }}", json: ["${{ .vars.x }}", "${{ .vars.y }}"]}}
  d: {run: x, if: vars.api == 'x'}
)")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:4:18: error[E209]: undefined variable `x`\n"
          "jobs.yaml:4:33: error[E209]: undefined variable `y`\n"
          "jobs.yaml:5:18: error[E209]: undefined variable `x`\n"
          "jobs.yaml:5:34: error[E113]: an expression can't work inside single quotes or a quoted here-document: "
          "the shell would not see its value\n"
          "jobs.yaml:5:52: error[E113]: `api` isn't a path (write `.vars.api`)\n"
          "jobs.yaml:6:43: error[E209]: undefined variable `x`\n"
          "jobs.yaml:6:68: error[E209]: undefined variable `x`\n"
          "jobs.yaml:6:86: error[E209]: undefined variable `y`\n"
          "jobs.yaml:7:19: error[E113]: `vars.api == 'x'` isn't a path (write `.vars.api == \"x\"`)\n")
      .run();
}

TEST_CASE("An undefined variable in a block is found in its line") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a:\n    run: |\n      echo one\n      echo ${{ .env.NOT_THERE }}\n")
      .args({"run", "jobs.yaml"})
      .expect_exit(78)
      .expect_stderr_parts(
          {"undefined environment variable `NOT_THERE`\n --> jobs.yaml:6:12\n", "6 |       echo ${{ .env.NOT_THERE }}\n"})
      .run();
}

TEST_CASE("The process environment: file, env file, job, -e") {
  const char* jobs = R"(version: 1
env: {A: file, B: file, C: file, D: file}
jobs:
  show:
    run: [sh, -c, 'echo $A $B $C $D $E']
    env: {C: job, D: job}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .file("more.env", "# more\nexport B='env file'\nC=envfile\n")
      .args({"jobs.yaml", "-q", "-o", "ndjson", "--env-file", "more.env", "-e", "D=flag", "-e", "E"})
      .env("E", "passed")
      .expect_stdout_parts(
          {"\"type\":\"output\",\"job\":\"show\",\"stream\":\"stdout\",\"text\":\"file env file job flag passed\\n\""})
      .run();
}

TEST_CASE("Environment settings that can't be") {
  const auto wrong = [](std::initializer_list<std::string> arguments, int code, const std::string& message) {
    CorunTest()
        .file("jobs.yaml", kGreeting)
        .file("bad.env", "A=1\n\nB c=2\n")
        .args(arguments)
        .expect_exit(code)
        .expect_stderr("corun: " + message + "\n")
        .run();
  };
  wrong({"jobs.yaml", "-e", "1X=2"}, 2, "--env: expected NAME=VALUE or NAME, not `1X=2`");
  wrong({"jobs.yaml", "-e", "UNSET_HERE"}, 78, "--env: `UNSET_HERE` isn't set in the environment");
  wrong({"jobs.yaml", "--env-file", "no.env"}, 66, "can't read `no.env`: No such file or directory");
  wrong({"jobs.yaml", "--env-file", "bad.env"}, 65, "bad.env:3: `B c` can't be the name of a variable");
}

TEST_CASE("Named jobs bring what they need") {
  CorunTest()
      .file("jobs.yaml", kChain)
      .args({"jobs.yaml", "deploy", "-j1"})
      .expect_stdout("built\ntested\ndeployed\n")
      .expect_stderr("[1/3] ok <time> build\n[2/3] ok <time> test-unit\n[3/3] ok <time> deploy\n3 jobs: 3 ok in <time>\n")
      .run();
}

TEST_CASE("Globs select jobs alone") {
  CorunTest()
      .file("jobs.yaml", kChain)
      .args({"jobs.yaml", "-j1", "--only", "test-*", "--skip", "*slow"})
      .expect_stdout("tested\n")
      .expect_stderr("[1/1] ok <time> test-unit\n1 job: 1 ok in <time>\n")
      .run();
  CorunTest().file("jobs.yaml", kChain).args({"jobs.yaml", "-j1", "-q", "--skip", "build"}).run();
}

TEST_CASE("From a job on, up to a job, by tag; a run that is resumed keeps to it") {
  const char* jobs = R"(version: 1
jobs:
  a: {run: echo a, tags: [net]}
  b: {needs: a, run: 'echo b; test -e ready'}
  c: {needs: b, run: echo c, tags: [network, slow]}
  d: {run: echo d}
)";
  CorunTest test;
  test.file("jobs.yaml", jobs).args({"jobs.yaml", "-qq", "--no-state", "--from", "c", "--from", "d"}).expect_stdout("").run();
  test.args({"jobs.yaml", "-j1", "--no-state", "--tag", "net*"})
      .expect_stdout("a\nc\n")
      .expect_stderr("[1/2] ok <time> a\n[2/2] ok <time> c\n2 jobs: 2 ok in <time>\n")
      .run();
  test.args({"plan", "jobs.yaml", "-j1", "--from", "b", "--until", "b"})
      .expect_stdout_parts({"jobs: 1 job in 1 wave,", "\nleft out: a, c, d\n", "1  b\n"})
      .run();
  test.args({"ls", "jobs.yaml", "--tag", "slow"}).expect_stdout("c  network,slow  echo c\n").run();
  test.args({"jobs.yaml", "-j1", "-qq", "--until", "b"}).expect_exit(1).expect_stderr_parts({"FAIL b: exit code 1"}).run();
  test.file("ready", "")
      .args({"resume"})
      .expect_stdout("b\n")
      .expect_stderr("corun: resuming run <run>\n[2/2] ok <time> b\n2 jobs: 2 ok (1 done earlier) in <time>\n")
      .run();
}

TEST_CASE("A selection that finds nothing") {
  const auto wrong = [](std::initializer_list<std::string> arguments, const std::string& message) {
    CorunTest().file("jobs.yaml", kChain).args(arguments).expect_exit(66).expect_stderr("corun: " + message + "\n").run();
  };
  wrong({"jobs.yaml", "biuld"}, "there is no job `biuld`; did you mean `build`?");
  wrong({"jobs.yaml", "--only", "tset-unit"}, "no job matches `tset-unit`; did you mean `test-unit`?");
  wrong({"jobs.yaml", "--skip", "zzz*"}, "no job matches `zzz*`");
  wrong({"jobs.yaml", "--skip", "*"}, "the selection leaves no job to run");
  wrong({"jobs.yaml", "--from", "tset-unit"}, "no job matches `tset-unit`; did you mean `test-unit`?");
  wrong({"jobs.yaml", "--until", "zzz*"}, "no job matches `zzz*`");
  wrong({"jobs.yaml", "--from", "deploy", "--until", "build"}, "the selection leaves no job to run");
  wrong({"jobs.yaml", "--tag", "slow"}, "no job has a tag that matches `slow`");
}

TEST_CASE("Another directory") {
  CorunTest().file("sub/jobs.yaml", kGreeting).args({"-q", "-C", "sub", "jobs.yaml"}).run();
  CorunTest()
      .args({"-C", "nowhere", "jobs.yaml"})
      .expect_exit(66)
      .expect_stderr("corun: can't change to `nowhere`: No such file or directory\n")
      .run();
}

TEST_CASE("Flags from the environment, beaten by the command line") {
  CorunTest().file("jobs.yaml", kGreeting).args({"jobs.yaml"}).env("CORUN_QUIET", "1").run();
  CorunTest().file("jobs.yaml", kGreeting).args({"jobs.yaml", "-q"}).env("CORUN_SET", "who=a\ncount=3").run();
  CorunTest().file("jobs.yaml", kGreeting).args({"jobs.yaml", "-q", "-o", "text"}).env("CORUN_OUTPUT_FORMAT", "ndjson").run();
}
