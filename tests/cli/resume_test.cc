// Runs that are taken up again: what is done isn't done twice, what was edited is. Knows nothing of how that is kept.
#include "catch.h"
#include "corun_test.h"

namespace {

const char* const kJobs = R"(version: 1
vars: {count: 3, word: hello}
jobs:
  login:
    run: echo login >> ran; echo session-1
    outputs: {session: ".lines[0]"}
  each:
    needs: login
    foreach: {items: "${{ [range(.vars.count)] }}", as: i, gather: {on_failure: continue}}
    run: |
      echo each ${{ .i }} ${{ .jobs.login.outputs.session }} >> ran
      if test -e broken && test ${{ .i }} = 1; then exit 3; fi
      echo out-${{ .i }}
    outputs: {line: ".lines[0]"}
  group:
    needs: login
    gather:
      jobs:
        x: {run: "echo x >> ran"}
        y: {run: "echo y >> ran; test ! -e broken", timeout: 20s}
  word: {run: "echo word ${{ .vars.word }} >> ran"}
  end:
    needs: [each, group, word]
    run: echo "end ${{ .jobs.each.outputs | map(.line) | join(",") }}" >> ran
)";

// After a run in which `each[1]` and `group/y` have failed.
void fail_first(CorunTest& corun) {
  corun.file("jobs.yaml", kJobs)
      .file("broken", "")
      .args({"run", "jobs.yaml", "-j1", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL each[1]: exit code 3", "FAIL group/y: exit code 1"})
      .expect_file("ran", "login\nword hello\neach 0 session-1\neach 1 session-1\neach 2 session-1\nx\ny\n")
      .run()
      .remove("broken")
      .remove("ran");
}

}  // namespace

TEST_CASE("resume runs what hasn't succeeded, with the outputs of what has") {
  CorunTest corun;
  fail_first(corun);
  corun.args({"resume", "-j1", "-o", "json"})
      .expect_stdout_parts({R"("total":5,"succeeded":5)", R"("restored":2)"})
      .expect_stderr_parts({"corun: resuming run <run>\n", "5 jobs: 5 ok (2 done earlier) in "})
      .expect_file("ran", "each 1 session-1\ny\nend out-0,out-1,out-2\n")
      .run();
  corun.args({"resume"}).expect_exit(66).expect_stderr("corun: nothing to resume: run <run> has succeeded\n").run();
}

TEST_CASE("run --resume takes up the file's last run, or runs all if that has left nothing") {
  CorunTest corun;
  fail_first(corun);
  corun.args({"run", "jobs.yaml", "-j1", "-q", "--resume"})
      .expect_file("ran", "each 1 session-1\ny\nend out-0,out-1,out-2\n")
      .run()
      .remove("ran");
  corun.args({"run", "jobs.yaml", "--only", "login", "-q", "--resume"}).expect_stdout("").expect_file("ran", "login\n").run();
}

TEST_CASE("what was edited runs again, and what depends on it, and nothing else") {
  std::string jobs = kJobs;
  const auto replace = [&jobs](const std::string& what, const std::string& by) {
    jobs.replace(jobs.find(what), what.size(), by);
  };
  CorunTest corun;
  fail_first(corun);
  SECTION("a policy, a description, layout") {
    replace("timeout: 20s", "timeout: 30s, retry: 2, description: edited");
    replace("  word: {run:", "  word:   # the word\n    {  run:");
    corun.file("jobs.yaml", jobs).expect_file("ran", "each 1 session-1\ny\nend out-0,out-1,out-2\n");
  }
  SECTION("a command") {
    replace("echo x >> ran", "echo X >> ran");
    corun.file("jobs.yaml", jobs).expect_file("ran", "each 1 session-1\nX\ny\nend out-0,out-1,out-2\n");
  }
  SECTION("a variable's value, and only one job mentions it") {
    replace("word: hello", "word: bye");
    corun.file("jobs.yaml", jobs).expect_file("ran", "word bye\neach 1 session-1\ny\nend out-0,out-1,out-2\n");
  }
  SECTION("which items there are") {
    replace("count: 3", "count: 4");
    corun.file("jobs.yaml", jobs).expect_file("ran", "each 1 session-1\neach 3 session-1\ny\nend out-0,out-1,out-2,out-3\n");
  }
  SECTION("what others need") {
    replace("echo session-1", "echo session-2");
    corun.file("jobs.yaml", jobs)
        .expect_file("ran", "login\neach 0 session-2\neach 1 session-2\neach 2 session-2\nx\ny\nend out-0,out-1,out-2\n");
  }
  SECTION("what is looked at of a result") {
    replace("run: echo \"end", "run: echo \"${{ .jobs.login.stdout }}end");
    corun.file("jobs.yaml", jobs).expect_file("ran", "login\neach 1 session-1\ny\nsession-1\nend out-0,out-1,out-2\n");
  }
  corun.args({"resume", "-q", "-j1"}).run();
}

TEST_CASE("variables can be changed as a run is taken up") {
  CorunTest corun;
  fail_first(corun);
  corun.args({"resume", "-q", "-j1", "--set", "word=other"})
      .expect_file("ran", "word other\neach 1 session-1\ny\nend out-0,out-1,out-2\n")
      .run();
}

TEST_CASE("what holds a secret isn't kept: its job runs again, what needs it doesn't") {
  CorunTest corun;
  corun
      .file("jobs.yaml", R"(version: 1
secrets: {token: {env: TOKEN}}
jobs:
  login: {run: "echo login >> ran; echo \"$TOKEN\"", env: {TOKEN: "${{ .secrets.token }}"}, outputs: {t: ".lines[0]"}}
  use: {needs: login, run: "echo use >> ran; test -n \"$T\"", env: {T: "${{ .jobs.login.outputs.t }}"}}
  last: {needs: use, run: "echo last >> ran; test ! -e broken"}
)")
      .file("broken", "")
      .env("TOKEN", "a-very-secret-token")
      .args({"run", "jobs.yaml", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL last: exit code 1"})
      .expect_file("ran", "login\nuse\nlast\n")
      .run()
      .remove("broken")
      .remove("ran");
  CHECK_FALSE(corun.state_holds("a-very-secret-token"));
  corun.args({"resume", "-q"}).expect_stdout("").expect_file("ran", "login\nlast\n").run();
}

TEST_CASE("groups, graphs and races that are done stay so") {
  CorunTest corun;
  corun
      .file("inner.yaml", R"(version: 1
vars: {name: nobody}
jobs:
  one: {run: "echo one ${{ .vars.name }} >> ran", outputs: {o: "\"first\""}}
  two: {needs: one, run: "echo two >> ran; test ! -e $BROKEN || test ${{ .vars.name }} = a", env: {BROKEN: broken}}
outputs: {given: .jobs.one.outputs.o}
)")
      .file("jobs.yaml", R"(version: 1
jobs:
  a: {graph: {file: inner.yaml, vars: {name: a}}}
  b: {needs: a, graph: {file: inner.yaml, vars: {name: b}}}
  race: {gather: {policy: any, jobs: {quick: {run: "echo quick >> ran"}, slow: {run: [sleep, "30"]}}}}
  last: {needs: [b, race], run: "echo last ${{ .jobs.a.outputs.given }} >> ran"}
)")
      .file("broken", "")
      .args({"run", "jobs.yaml", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL b/two: exit code 1"})
      .expect_file("ran", "quick\none a\ntwo\none b\ntwo\n");
  // The order of `quick` among the others isn't fixed.
  corun.sorted("ran").run().remove("broken").remove("ran");
  corun.args({"resume", "-q"}).expect_file("ran", "two\nlast first\n").run();
}

TEST_CASE("what can't be resumed") {
  CorunTest()
      .args({"resume"})
      .expect_exit(66)
      .expect_stderr("corun: there is no run to resume in `<state>`\n")
      .run()
      .args({"resume", "2020"})
      .expect_exit(66)
      .expect_stderr("corun: no run `2020` in `<state>`\n")
      .run()
      .args({"resume", "a", "b"})
      .expect_exit(2)
      .expect_stderr("corun: `corun resume` takes one run\ntry `corun resume --help`\n")
      .run();
  CorunTest()
      .args({"run", "-", "-qq"})
      .standard_input("version: 1\njobs: {a: {run: [\"false\"]}}\n")
      .expect_exit(1)
      .expect_stderr("FAIL a: exit code 1\n")
      .run()
      .args({"resume"})
      .expect_exit(66)
      .expect_stderr("corun: run <run> read its job file from standard input: give it again with `corun run --resume -`\n")
      .run();
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs: {a: {run: [\"false\"]}}\n")
      .args({"jobs.yaml", "--resume", "--no-state"})
      .expect_exit(2)
      .expect_stderr("corun: --resume and --no-state contradict each other\ntry `corun run --help`\n")
      .run();
}

TEST_CASE("a state that can't be kept is said once; the run goes on and offers no resuming") {
  CorunTest corun;
  corun.file("jobs.yaml", "version: 1\njobs: {a: {run: [\"true\"]}, b: {needs: a, run: [\"false\"]}}\n");
  corun.state_file("corun.db",
                   "this is no database, whatever it is called; it is long enough to have a header, and more than that\n");
  corun.args({"jobs.yaml", "-j1"})
      .expect_exit(1)
      .expect_stderr(R"(corun: warning: state can't be kept in <state>/corun.db: file is not a database
[1/2] ok <time> a
[2/2] FAIL <time> b: exit code 1

2 jobs: 1 ok, 1 failed in <time>

FAIL b: exit code 1
)")
      .run();
}

TEST_CASE("what was done before something that it needs had changed and was done once more runs again, in later runs, too") {
  const auto jobs = [](const std::string& word) {
    return "version: 1\nvars: {word: " + word + R"(}
jobs:
  a: {run: "echo a >> ran; echo ${{ .vars.word }}", outputs: {word: ".lines[0]"}}
  gate: {needs: a, run: "echo gate >> ran; test ! -e closed"}
  b: {needs: [a, gate], run: "echo b ${{ .jobs.a.outputs.word }} >> ran"}
  group:
    needs: [a, gate]
    gather: {jobs: {x: {run: "echo x ${{ .jobs.a.outputs.word }} >> ran"}, y: {needs: x, run: "echo y >> ran; test ! -e broken"}}}
  each: {needs: [a, gate], foreach: [1, 2], run: "echo each ${{ .item }} >> ran"}
  end: {needs: [b, group, each], run: "echo end >> ran"}
)";
  };
  CorunTest corun;
  corun.file("jobs.yaml", jobs("one"))
      .file("broken", "")
      .args({"jobs.yaml", "-qq", "-j1"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL group/y"})
      .expect_file("ran", "a\ngate\nb one\neach 1\neach 2\nx one\ny\n")
      .sorted("ran")
      .run()
      .remove("ran");
  // The second run comes as far as `a`.
  corun.file("jobs.yaml", jobs("two"))
      .file("closed", "")
      .args({"resume", "-qq", "-j1"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL gate"})
      .expect_file("ran", "a\ngate\n")
      .run()
      .remove("ran")
      .remove("closed");
  // The third takes up both, and comes as far as `y`.
  corun.args({"resume", "-qq", "-j1"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL group/y"})
      .expect_file("ran", "b two\neach 1\neach 2\ngate\nx two\ny\n")
      .sorted("ran")
      .run()
      .remove("ran")
      .remove("broken");
  corun.args({"resume", "-q"}).expect_file("ran", "y\nend\n").run();
}

TEST_CASE("an earlier run that was taken up already isn't done a second time") {
  CorunTest corun;
  corun.file("jobs.yaml", R"(version: 1
jobs:
  a: {run: "echo a >> ran; test -e $CORUN_STATE_DIR/first || echo $CORUN_RUN > $CORUN_STATE_DIR/first; test -e one"}
  b: {needs: a, run: "echo b >> ran; test -e two"}
)");
  corun.args({"jobs.yaml", "-qq"}).expect_exit(1).expect_stderr_parts({"FAIL a"}).expect_file("ran", "a\n").run();
  std::string first = corun.state_text("first");
  first.pop_back();
  corun.file("one", "")
      .args({"resume", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL b"})
      .expect_file("ran", "a\na\nb\n")
      .run();
  corun.file("two", "").args({"resume", first, "-q"}).expect_file("ran", "a\na\nb\nb\n").run();
  corun.args({"resume", first})
      .expect_exit(66)
      .expect_stderr("corun: nothing to resume: run <run>, which took up <run>, has succeeded\n")
      .run();
}

TEST_CASE("what files say about the environment belongs to the definition of what runs in it") {
  CorunTest corun;
  corun.file("all.env", "ALL=1\n").file("own.env", "OWN=1\n").file("jobs.yaml", R"(version: 1
dotenv: all.env
jobs:
  all: {run: "echo all $ALL >> ran"}
  own: {run: "echo own $ALL $OWN >> ran", dotenv: own.env}
  wait: {sleep: 1ms}
  end: {needs: [all, own, wait], run: "test -e ok"}
)");
  corun.args({"jobs.yaml", "-qq", "-j1"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL end"})
      .expect_file("ran", "all 1\nown 1 1\n")
      .run()
      .remove("ran");
  SECTION("of a job") { corun.file("own.env", "OWN=2\n").expect_file("ran", "own 1 2\n"); }
  SECTION("of all") { corun.file("all.env", "ALL=2\n").expect_file("ran", "all 2\nown 2 1\n"); }
  corun.file("ok", "").args({"resume", "-q", "-j1"}).run();
}

TEST_CASE("an item whose number counts runs again where that has changed") {
  const auto jobs = [](const std::string& items) {
    return "version: 1\nvars: {items: " + items + R"(}
jobs:
  numbered:
    foreach: {items: .vars.items, key: .item}
    run: "echo numbered ${{ .item }} >> ran; echo ${{ .index }}"
    outputs: {n: ".lines[0]"}
  inside: {foreach: {items: .vars.items, key: .item}, gather: {jobs: {x: {run: "echo x ${{ .item }} ${{ .index }} >> ran"}}}}
  plain: {foreach: {items: .vars.items, key: .item}, run: "echo plain ${{ .item }} >> ran"}
  end: {needs: [numbered, inside, plain], run: "echo ${{ .jobs.numbered.outputs | map(.n) | join(\",\") }} >> ran; test -e ok"}
)";
  };
  CorunTest corun;
  corun.file("jobs.yaml", jobs("[p, q, r]"))
      .args({"jobs.yaml", "-qq", "-j1"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL end"})
      .expect_file("ran", "0,1,2\nnumbered p\nnumbered q\nnumbered r\nplain p\nplain q\nplain r\nx p 0\nx q 1\nx r 2\n")
      .sorted("ran")
      .run()
      .remove("ran");
  corun.file("jobs.yaml", jobs("[p, r, q]"))
      .file("ok", "")
      .args({"resume", "-q", "-j1"})
      .expect_file("ran", "0,1,2\nnumbered q\nnumbered r\nx q 2\nx r 1\n")
      .sorted("ran")
      .run();
}
