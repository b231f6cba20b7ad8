// Another job file as one job: what is shown of it, before a run and after.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kMain = R"(version: 1
vars: {city: Oslo}
env: {OUTER: one}
jobs:
  ask: {run: [echo, 3], outputs: {n: .json}}
  greet:
    needs: ask
    graph: {file: lib/greet.yaml, vars: {who: "${{ .vars.city }}", times: "${{ .jobs.ask.outputs.n }}"}}
  tell: {needs: greet, run: [echo, "${{ .jobs.greet.outputs.text }}"]}
)";

constexpr const char* kGreet = R"(version: 1
vars: {who: nobody, times: 1}
env: {GREETING: "hello ${{ .vars.who }}"}
limits: {voice: {concurrency: 1}}
jobs:
  say: {run: 'echo "$OUTER $GREETING ${{ .vars.times + 1 }}"', limit: voice, outputs: {said: .stdout}}
finally:
  bow: {run: [echo, bows]}
outputs: {text: '"said " + .jobs.say.outputs.said'}
)";

}  // namespace

TEST_CASE("A graph runs with its own variables, environment and callbacks, and gives its outputs") {
  CorunTest()
      .file("main.yaml", kMain)
      .file("lib/greet.yaml", kGreet)
      .args({"main.yaml"})
      .expect_stdout("3\none hello Oslo 4\nbows\nsaid one hello Oslo 4\n\n")
      .expect_stderr(R"([1/3] ok <time> ask
[1/3] ok <time> greet/say
[1/3] ok <time> greet/finally/bow
[2/3] ok <time> greet
[3/3] ok <time> tell
3 jobs: 3 ok in <time>
)")
      .run();
  CorunTest()
      .file("lib/greet.yaml", kGreet)
      .args({"-", "-e", "GREETING=by command", "--skip", "tell"})
      .standard_input(kMain)
      .expect_stdout_parts({"one by command 4\n", "bows\n"})
      .expect_stderr_parts({"2 jobs: 2 ok"})
      .run();
}

TEST_CASE("The command line's environment wins over that of every graph's file, whoever runs it") {
  const char* main = "version: 1\njobs: {g: {graph: {file: sub.yaml}}}\nfinally: {f: {graph: {file: sub.yaml}}}\n";
  const char* sub =
      "version: 1\ndotenv: sub.env\nenv: {B: file, C: file}\n"
      "jobs: {a: {run: 'echo \"$A $B $C ${{ .env.A }} ${{ .env.B }}\"'}}\n";
  CorunTest()
      .file("main.yaml", main)
      .file("sub.yaml", sub)
      .file("sub.env", "A=dotenv\n")
      .file("more.env", "B=more\n")
      .args({"main.yaml", "-e", "A=line", "--env-file", "more.env"})
      .expect_stdout("line more file line more\nline more file line more\n")
      .expect_stderr_parts({"ok"})
      .run();
}

TEST_CASE("The plan of a graph") {
  CorunTest()
      .file("main.yaml", kMain)
      .file("lib/greet.yaml", kGreet)
      .args({"plan", "main.yaml", "-j", "2"})
      .expect_stdout(R"(main: 3 jobs in 3 waves, at most 2 processes and 256 requests at once
limit `voice of lib/greet.yaml`: 1 at once; for greet/say
each job starts as soon as what it needs has ended; those of a wave, 1 to 3, may run at once

1  ask
     run echo 3
2  greet
     needs ask
     graph lib/greet.yaml  (who = "Oslo", times = "${{ .jobs.ask.outputs.n }}")
    1  greet/say
         run CORUN_EXPR_1='${{ .vars.times + 1 }}' sh -eu -c 'echo "$OUTER $GREETING ${CORUN_EXPR_1}"'
         limit `voice of lib/greet.yaml`
    finally:
    1  greet/finally/bow
         run echo bows
         timeout 5m
3  tell
     needs greet
     run echo '${{ .jobs.greet.outputs.text }}'
)")
      .run();
  CorunTest()
      .file("main.yaml", kMain)
      .file("lib/greet.yaml", kGreet)
      .args({"plan", "main.yaml", "-o", "json"})
      .expect_stdout_parts({R"("name":"greet","line":6,)",
                            R"("graph":{"file":"lib/greet.yaml","vars":{"who":"Oslo","times":"${{ .jobs.ask.outputs.n }}"},)",
                            R"("jobs":[{"name":"greet/say","line":6,)", R"(],"finally":[{"name":"greet/finally/bow","line":8,)"})
      .run();
}

TEST_CASE("What is wrong in a graph's file is shown with that file's lines") {
  const char* main = "version: 1\njobs:\n  a: {graph: {file: lib/bad.yaml}}\n  b: {graph: {file: no.yaml}}\n";
  const char* bad =
      "version: 1\nvars: {region: eu}\njobs:\n  x:\n    run: echo ${{ .vars.regoin }} ${{ .jobs.a.outputs }}\n    retires: 3\n";
  CorunTest()
      .file("main.yaml", main)
      .file("lib/bad.yaml", bad)
      .args({"check", "main.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "main.yaml:4:21: error[E210]: can't read `no.yaml` for `graph` of job `b`: No such file or directory\n"
          "lib/bad.yaml:5:15: error[E209]: undefined variable `regoin` (did you mean `.vars.region`?)\n"
          "lib/bad.yaml:5:35: error[E113]: no job `a` can be seen from here\n"
          "lib/bad.yaml:6:5: error[E101]: unknown key `retires` in job `a/x` (did you mean `retry`?)\n")
      .run();
  CorunTest()
      .file("main.yaml", "version: 1\njobs: {a: {graph: {file: lib/bad.yaml}}}\n")
      .file("lib/bad.yaml", "version: 1\nvars: {region: eu}\njobs:\n  x: {run: 'echo ${{ .vars.regoin }}'}\n")
      .args({"main.yaml"})
      .expect_exit(78)
      .expect_stderr(R"(error[E209]: undefined variable `regoin`
 --> lib/bad.yaml:4:18
  |
4 |   x: {run: 'echo ${{ .vars.regoin }}'}
  |                  ^^^^^^^^^^^^^^^^^^^ did you mean `.vars.region`?
  = included at: main.yaml:2:26

for more about this, try `corun explain E209`
)")
      .run();
  CorunTest()
      .file("main.yaml", "version: 1\njobs: {a: {graph: {file: sub.yaml, vars: {regoin: us}}}}\n")
      .file("sub.yaml", "version: 1\nvars: {region: eu}\njobs: {x: {run: ls}}\n")
      .args({"main.yaml"})
      .expect_exit(78)
      .expect_stderr_parts({"error[E209]: `sub.yaml` has no variable `regoin`\n --> main.yaml:2:43\n", "did you mean `region`?"})
      .run();
}

TEST_CASE("What is wrong two files further in is shown with the way there") {
  CorunTest()
      .file("main.yaml", "version: 1\njobs: {a: {graph: {file: lib/one.yaml}}, b: {graph: {file: /dev/null}}}\n")
      .file("lib/one.yaml", "version: 1\njobs: {c: {graph: {file: two.yaml}}}\n")
      .file("lib/two.yaml", "version: 1\njobs: {d: {sleep: 5}}\n")
      .args({"check", "main.yaml"})
      .expect_exit(65)
      .expect_stderr(R"(error[E210]: can't read `/dev/null` for `graph` of job `b`: Not a regular file
 --> main.yaml:2:60
  |
2 | jobs: {a: {graph: {file: lib/one.yaml}}, b: {graph: {file: /dev/null}}}
  |                                                            ^^^^^^^^^

error[E105]: bare number as duration for `sleep` of job `a/c/d`
 --> lib/two.yaml:2:19
  |
2 | jobs: {d: {sleep: 5}}
  |                   ^ write `5s`
  = help: units: ns, us, ms, s, m, h, d
  = included at: lib/one.yaml:2:26, itself at main.yaml:2:26

for more about an error, try `corun explain E210`
)")
      .run();
}

TEST_CASE("Variables that aren't there are found along with other errors, unless those may be why") {
  CorunTest()
      .file("main.yaml",
            "version: 1\nvariables: {x: 1}\njobs:\n  a: {run: ['${{ .vars.x }}']}\n  b: {graph: {file: sub.yaml}}\n"
            "  c: {graph: {file: other.yaml}}\n")
      .file("sub.yaml", "version: 1\njobs: {c: {run: ['${{ .vars.x }}'], retires: 1}}\n")
      .file("other.yaml", "version: 1\nvars: [x]\njobs: {c: {run: ['${{ .vars.x }}']}}\n")
      .args({"check", "main.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "main.yaml:2:1: error[E101]: unknown key `variables` in the file (did you mean `vars`?)\n"
          "sub.yaml:2:19: error[E209]: undefined variable `x`\n"
          "sub.yaml:2:37: error[E101]: unknown key `retires` in job `b/c` (did you mean `retry`?)\n"
          "other.yaml:2:7: error[E104]: expected a map of names to values for `vars`, found a list (write it like `vars: {pages: "
          "40}`)\n")
      .run();
}

TEST_CASE("What can't be evaluated in a graph's file while the run goes on names that file") {
  CorunTest()
      .file("main.yaml",
            "version: 1\njobs:\n  g: {graph: {file: lib/sub.yaml, vars: {x: 1}}}\n  h: {needs: {g: done}, run: echo 1, outputs: "
            "{o: .json.o}}\n")
      .file("lib/sub.yaml", "version: 1\nvars: {x: 0}\njobs:\n  a: {run: echo 1, outputs: {o: .json.o}}\n")
      .args({"main.yaml", "--no-state", "-qq", "-j", "1"})
      .expect_exit(1)
      .expect_stderr_parts({"output `o`: line 4 of lib/sub.yaml: `.json`", "output `o`: line 4: `.json`"})
      .run();
}

TEST_CASE("A graph that fails") {
  CorunTest()
      .file("main.yaml", "version: 1\njobs:\n  g: {graph: {file: sub.yaml}}\n  after: {needs: g, run: ls}\n")
      .file("sub.yaml", "version: 1\njobs: {x: {run: [sh, -c, exit 3]}, y: {run: [echo, on]}}\n")
      .args({"main.yaml", "-j", "1"})
      .expect_exit(1)
      .expect_stdout("on\n")
      .expect_stderr_parts({"g/x", "exit code 3", "g", "`g/x`: exit code 3"})
      .run();
}
