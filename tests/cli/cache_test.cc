// `cache` as users meet it: what is kept between jobs and between runs, and `corun cache`.
#include "catch.h"
#include "corun_test.h"

namespace {

// A job file whose jobs run corun itself, with the state they all share.
CorunTest& with_inner(CorunTest& test, const std::string& inner) {
  return test.file("inner.yaml", inner).env("CORUN", CORUN_BINARY);
}

}  // namespace

TEST_CASE("a result counts until an input changes, with and without state, and its output is written again") {
  for (const char* flag : {"--no-state", "--fail-fast"}) {
    CorunTest()
        .file("in.txt", "hello\n")
        .file("jobs.yaml", R"(version: 1
jobs:
  a: {run: cat in.txt; echo done >&2, cache: {inputs: "*.txt"}, outputs: {n: .lines | length}}
  b: {needs: a, run: cat in.txt; echo done >&2, cache: {inputs: "*.txt"}, outputs: {n: .lines | length}}
  edit: {needs: b, run: echo more >> in.txt}
  c: {needs: edit, run: cat in.txt; echo done >&2, cache: {inputs: "*.txt"}, outputs: {n: .lines | length}}
outputs: {n: "[.jobs.a.outputs.n, .jobs.b.outputs.n, .jobs.c.outputs.n]"}
)")
        .args({"run", "jobs.yaml", flag})
        .expect_stdout("hello\ndone\nhello\ndone\nhello\nmore\ndone\n")
        .expect_stderr(
            "[1/4] ok <time> a\n[2/4] ok b (cached)\n[3/4] ok <time> edit\n[4/4] ok <time> c\n4 jobs: 4 ok in <time>\n")
        .expect_file("in.txt", "hello\nmore\n")
        .run();
  }
}

TEST_CASE("a result is there for the next run, not for one with --no-cache") {
  CorunTest test;
  with_inner(test, "version: 1\njobs: {a: {run: echo x >> ran, cache: {}}}\n")
      .file("jobs.yaml", R"(version: 1
jobs:
  first: {run: [sh, -c, '"$CORUN" inner.yaml']}
  second: {needs: first, run: [sh, -c, '"$CORUN" inner.yaml']}
  third: {needs: second, run: [sh, -c, '"$CORUN" inner.yaml --no-cache']}
)")
      .args({"run", "jobs.yaml"})
      .expect_stderr("[1/3] ok <time> first\n[2/3] ok <time> second\n[3/3] ok <time> third\n3 jobs: 3 ok in <time>\n")
      .expect_stdout(
          "[1/1] ok <time> a\n1 job: 1 ok in <time>\n[1/1] ok a (cached)\n1 job: 1 ok in <time>\n"
          "[1/1] ok <time> a\n1 job: 1 ok in <time>\n")
      .expect_file("ran", "x\nx\n")
      .run();
}

TEST_CASE("runs that do the same at once do it once") {
  CorunTest test;
  with_inner(test, "version: 1\njobs: {a: {run: echo x >> ran; sleep 0.2, cache: {}}}\n")
      .file("jobs.yaml", R"(version: 1
jobs:
  both: {foreach: [1, 2, 3], run: [sh, -c, '"$CORUN" -qq inner.yaml']}
)")
      .args({"run", "jobs.yaml", "-j", "3", "-q"})
      .expect_file("ran", "x\n")
      .run();
}

TEST_CASE("a run takes over from one that was killed in the middle") {
  CorunTest test;
  with_inner(
      test,
      "version: 1\njobs: {a: {run: 'echo x >> ran; if [ -e first ]; then rm first; kill -9 $PPID; sleep 5; fi', cache: {}}}\n")
      .file("first", "")
      .file("jobs.yaml", R"(version: 1
jobs:
  killed: {run: [sh, -c, '"$CORUN" -qq inner.yaml'], continue_on_error: true}
  after: {needs: {killed: done}, run: [sh, -c, '"$CORUN" -qq inner.yaml']}
)")
      .args({"run", "jobs.yaml", "-qq"})
      .expect_stdout_parts({})
      .expect_file("ran", "x\nx\n")
      .run();
}

TEST_CASE("what holds a secret isn't kept; -v says so") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {token: {env: API_TOKEN}}
jobs:
  a: {run: 'echo "$T"', env: {T: "${{ .secrets.token }}"}, cache: {}, outputs: {t: ".lines[0]"}}
  b: {needs: a, run: 'echo "$T"', env: {T: "${{ .secrets.token }}"}, cache: {}, outputs: {t: ".lines[0]"}}
  use: {needs: [a, b], run: 'test "$A" = "$B"', env: {A: "${{ .jobs.a.outputs.t }}", B: "${{ .jobs.b.outputs.t }}"}}
)")
      .env("API_TOKEN", "secret-tok-12345")
      .args({"run", "jobs.yaml", "-v"})
      .expect_stdout("***\n***\n")
      .expect_stderr_parts({"job=a event=note message=\"not cached: it holds a secret\"", "ok <time> a\n",
                            "job=b event=note message=\"not cached: it holds a secret\"", "ok <time> b\n", "3 jobs: 3 ok"})
      .run();
}

TEST_CASE("what was made while an input changed isn't kept") {
  CorunTest test;
  with_inner(test,
             "version: 1\njobs: {a: {run: 'cat in >> seen; if [ -e edit ]; then rm edit; echo new > in; fi', "
             "cache: {inputs: [in]}}}\n")
      .file("in", "old\n")
      .file("edit", "")
      .file("jobs.yaml", R"(version: 1
jobs:
  first: {run: [sh, -c, '"$CORUN" -v inner.yaml 2>&1']}
  back: {needs: first, run: 'echo old > in'}
  second: {needs: back, run: [sh, -c, '"$CORUN" -qq inner.yaml']}
  third: {needs: second, run: [sh, -c, '"$CORUN" -qq inner.yaml']}
)")
      .args({"run", "jobs.yaml", "-v"})
      .expect_stdout_parts({"job=a event=note message=\"not cached: `in` has changed while the job ran\""})
      .expect_stderr_parts({"4 jobs: 4 ok"})
      .expect_file("seen", "old\nold\n")
      .run();
}

TEST_CASE("events and the document say what was cached") {
  const std::string file = "version: 1\njobs:\n  a: {run: 'true', cache: {}}\n  b: {needs: a, run: 'true', cache: {}}\n";
  CorunTest()
      .file("jobs.yaml", file)
      .args({"run", "jobs.yaml", "-q", "-o", "ndjson", "--no-state"})
      .expect_stdout_parts(
          {R"("job":"a","state":"succeeded","attempts":1,)", R"("job":"b","state":"succeeded","cached":true,"attempts":0,)"})
      .run();
  CorunTest()
      .file("jobs.yaml", file)
      .args({"run", "jobs.yaml", "-q", "-o", "json", "--no-state"})
      .expect_stdout_parts(
          {R"("a":{"state":"succeeded","attempts":1,)", R"("b":{"state":"succeeded","cached":true,"attempts":0,)"})
      .run();
}

TEST_CASE("corun cache lists and prunes") {
  CorunTest test;
  with_inner(
      test,
      "version: 1\njobs: {a: {run: 'true', cache: {}}, b: {run: 'false', continue_on_error: true, cache: {negative_ttl: 1h}}}\n")
      .file("jobs.yaml", R"(version: 1
jobs:
  run: {run: [sh, -c, '"$CORUN" -qq inner.yaml']}
  ls: {needs: run, run: [sh, -c, '"$CORUN" cache ls | sed -E "s/^[0-9a-f]{12}  [0-9]+s +[0-9]+s +[0-9]+ B/KEY AGES SIZE/; s/, [0-9]+ B//; s/ /_/g" | sort']}
  old: {needs: ls, run: [sh, -c, '"$CORUN" cache prune --older-than 1d']}
  all: {needs: old, run: [sh, -c, '"$CORUN" cache prune --all -o json | sed -E "s/:[0-9]+\}/:N}/"']}
  none: {needs: all, run: [sh, -c, '"$CORUN" cache ls; "$CORUN" cache ls -o json']}
)")
      .args({"run", "jobs.yaml"})
      .expect_stderr_parts({"5 jobs: 5 ok"})
      .expect_stdout(
          "2_entries\nKEY_AGES_SIZE__a____________<dir>/inner.yaml\nKEY_AGES_SIZE__b_(failure)__<dir>/inner.yaml\n"
          "KEY___________STORED__USED__SIZE___JOB__________FILE\n"
          "removed 0 entries, 0 B\n{\"v\":1,\"removed\":2,\"bytes\":N}\nthe cache is empty\n{\"v\":1,\"entries\":[]}\n")
      .run();
}

TEST_CASE("corun cache says what it takes") {
  const auto wrong = [](std::initializer_list<std::string> arguments, const std::string& message) {
    CorunTest().args(arguments).expect_exit(2).expect_stderr("corun: " + message + "\ntry `corun cache --help`\n").run();
  };
  wrong({"cache"}, "`corun cache` takes `ls` or `prune`");
  wrong({"cache", "clear"}, "`corun cache` takes `ls` or `prune`");
  wrong({"cache", "prune"}, "`corun cache prune` needs either --older-than or --all");
  wrong({"cache", "prune", "--all", "--older-than", "1d"}, "`corun cache prune` needs either --older-than or --all");
  wrong({"cache", "ls", "--all"}, "--older-than and --all belong to `corun cache prune`");
  wrong({"cache", "ls", "-o", "ndjson"}, "--output-format: expected text or json, not `ndjson`");
  wrong({"cache", "prune", "--older-than", "1"}, "--older-than: expected a duration such as `90s` or `1h30m`, not `1`");
}

TEST_CASE("inputs that aren't there fail the job, before it has run") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: touch ran, cache: {inputs: [jobs.yaml, 'src/**/*.c']}}}\n")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_exit(1)
      .expect_stderr_parts({"[1/1] FAIL a: `cache`, `inputs`: no file matches `src/**/*.c`\n", "1 job: 1 failed"})
      .run();
}

TEST_CASE("what the command line and the files around say of the environment is part of the key") {
  CorunTest test;
  test.file("jobs.yaml", "version: 1\njobs: {g: {graph: {file: sub.yaml}}}\ndotenv: v.env\nenv: {F: \"${{ .env.V }}\"}\n")
      .file("sub.yaml", "version: 1\njobs: {a: {run: 'echo $V $F ${W:-}', cache: {}}}\n")
      .file("v.env", "V=1\n")
      .file("w.env", "W=w\n")
      .args({"run", "jobs.yaml"})
      .expect_stdout("1 1\n")
      .expect_stderr_parts({"ok <time> g/a\n"})
      .run();
  test.args({"run", "jobs.yaml"}).expect_stdout("1 1\n").expect_stderr_parts({"ok g/a (cached)\n"}).run();
  test.file("v.env", "V=2\n").args({"run", "jobs.yaml"}).expect_stdout("2 2\n").expect_stderr_parts({"ok"}).run();
  test.args({"run", "jobs.yaml", "-e", "V=3"}).expect_stdout("3 3\n").expect_stderr_parts({"ok"}).run();
  test.args({"run", "jobs.yaml", "--env-file", "w.env"}).expect_stdout("2 2 w\n").expect_stderr_parts({"ok"}).run();
  test.env("V", "4").args({"run", "jobs.yaml"}).expect_stdout("2 2\n").expect_stderr_parts({"ok g/a (cached)\n"}).run();
}

TEST_CASE("what holds a secret isn't kept, but those that wait for it in the run have it") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
secrets: {t: {env: T}}
jobs:
  each:
    foreach: [1, 2, 3]
    run: echo x >> ran; sleep 0.2; echo $T
    env: {T: "${{ .secrets.t }}"}
    cache: {}
    outputs: {o: .lines}
  again: {needs: each, run: "echo ${{ .jobs.each.outputs }}"}
)")
      .env("T", "correct-horse")
      .args({"run", "jobs.yaml", "-j", "3"})
      .expect_stderr_parts({"2 jobs: 2 ok"})
      .expect_stdout("***\n***\n***\n[{\"o\":[\"***\"]},{\"o\":[\"***\"]},{\"o\":[\"***\"]}]\n")
      .expect_file("ran", "x\n")
      .run();
}

TEST_CASE("the plan shows what is cached") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  a: {run: [x], cache: {ttl: 1h, key: v1, inputs: [a, "b/**"], stale_if_error: 1d, negative_ttl: 5s}}
)")
      .args({"plan", "jobs.yaml"})
      .expect_stdout_parts({"cached for 1h by key `v1` with `a`, `b/**`, stale for 1d more if it fails, failures for 5s\n"})
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [x], cache: {ttl: 1h, inputs: a}}}\n")
      .args({"plan", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts({R"("cache":{"ttl":3600,"inputs":["a"]})"})
      .run();
}
