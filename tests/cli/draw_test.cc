// `corun graph` and `corun ls`: what they show of a file and of a run of it.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kJobs = R"(version: 1
name: "night \"ly\""
jobs:
  fetch: {run: 'exit 3', retry: {attempts: 2, delay: 1ms}, description: Get what's new, tags: [net, slow]}
  pages:
    foreach: {items: [1, 2], key: .item}
    run: "true"
  load: {needs: [fetch, pages], run: ./load.sh, if: '1 < 2', finally: {run: echo bye}}
  rescue: {needs: {load: failed}, run: "true"}
  mail: {needs: {load: done, rescue: done}, join: any, run: "true"}
  mirror:
    needs: pages
    gather:
      policy: quorum
      n: 1
      jobs:
        eu: {run: "true", description: In Europe}
        us: {needs: eu, run: "true"}
  after: {needs: mirror, sleep: 1ms}
  sub: {needs: fetch, graph: {file: inner.yaml}}
finally: {tidy: {run: "true"}}
)";

constexpr const char* kInner =
    "version: 1\njobs: {say: {run: echo hi}, again: {needs: say, run: echo hi}}\nfinally: {bye: {run: echo bye}}\n";

CorunTest& with_files(CorunTest& test) { return test.file("jobs.yaml", kJobs).file("inner.yaml", kInner); }

}  // namespace

TEST_CASE("A flowchart that is too large for Mermaid is drawn, with a warning") {
  // Each job needs all before it.
  std::string jobs = "version: 1\njobs:\n";
  std::string needs;
  for (int i = 0; i < 33; ++i) {
    const std::string name = "j" + std::to_string(i);
    jobs += "  " + name + ": {run: x, needs: [" + needs + "]}\n";
    needs += (i == 0 ? "" : ", ") + name;
  }
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"graph", "jobs.yaml", "--format", "mermaid"})
      .expect_stdout_parts({"flowchart LR\n", "  j31 --> j32\n"})
      .expect_stderr(
          "corun: warning: Mermaid draws up to 500 edges, and there are 528; draw a part of it (--only, --until), or use "
          "--format dot\n")
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"graph", "jobs.yaml", "--format", "mermaid", "--skip", "j32"})
      .expect_stdout_parts({"flowchart LR\n"})
      .expect_stderr("")
      .run();
}

TEST_CASE("graph: a tree, in which every job stands once") {
  CorunTest test;
  with_files(test)
      .args({"graph", "jobs.yaml"})
      .expect_stdout(R"(night "ly": 8 jobs in 4 waves, 14 with all inside

fetch
└─ sub  (graph inner.yaml)
      ┆ say
      ┆ └─ again
      ┆ finally:
      ┆ bye
pages  (for each item)
├─ load  ← fetch, pages  (if 1 < 2, finally)
│  └─ rescue  ← load failed
│     └─ mail  ← any of load done, rescue done
└─ mirror  (gather quorum of 1)
   │  ┆ eu
   │  ┆ └─ us
   └─ after  (sleep 1ms)

finally:
tidy
)")
      .run();
  test.args({"graph", "jobs.yaml", "load", "--skip", "fetch"})
      .expect_stdout(
          "night \"ly\": 2 jobs in 2 waves, 3 with all inside\n\npages  (for each item)\n└─ load  (if 1 < 2, finally)\n"
          "\nfinally:\ntidy\n")
      .run();
}

TEST_CASE("graph: with the results of a run") {
  CorunTest test;
  with_files(test).args({"run", "jobs.yaml", "-qq"}).expect_exit(1).expect_stderr_parts({"FAIL fetch: exit code 3"}).run();
  test.args({"graph", "jobs.yaml", "--run", "last", "--color", "never"})
      .expect_stdout(R"(night "ly": 8 jobs in 4 waves, 14 with all inside
run <run>: failed after <time>

! FAIL <time>  fetch  (2 attempts)
! SKIP              └─ sub  (graph inner.yaml)
  -                       ┆ say
  -                       ┆ └─ again
                          ┆ finally:
  -                       ┆ bye
  ok <time>  pages  (for each item, 2 items: 2 ok)
! SKIP              ├─ load  ← fetch, pages  (if 1 < 2, finally)
  SKIP              │  └─ rescue  ← load failed
  ok <time>  │     └─ mail  ← any of load done, rescue done
  ok <time>  └─ mirror  (gather quorum of 1)
  ok <time>     │  ┆ eu
  CANCEL               │  ┆ └─ us
  ok <time>     └─ after  (sleep 1ms)

finally:
  ok <time>  tidy

FAIL fetch: exit code 3
)")
      .run();
  test.args({"graph", "jobs.yaml", "--run", "2", "--color", "always", "fetch"})
      .expect_stdout_parts({"\x1b[1;31m!\x1b[0m \x1b[1;31mFAIL\x1b[0m", "\x1b[1;31mfetch\x1b[0m"})
      .run();
  test.args({"graph", "jobs.yaml", "--run", "last", "--format", "json", "fetch", "sub"})
      .expect_stdout(
          R"({"v":1,"file":"jobs.yaml","name":"night \"ly\"","run":{"id":"<run>","verdict":"failed","exit_code":1,"elapsed":<n>},)"
          R"("nodes":[{"id":"fetch","name":"fetch","kind":"run","action":"exit 3","file":"jobs.yaml","line":4,"column":3,)"
          R"("description":"Get what's new","tags":["net","slow"],"result":{"state":"failed","attempts":2,"start":<n>,"elapsed":<n>,)"
          R"("reason":"exit code 3","failing_path":true}},)"
          R"({"id":"sub","name":"sub","kind":"graph","action":"graph inner.yaml","file":"jobs.yaml","line":20,"column":3,)"
          R"("description":"","tags":[],"graph":"inner.yaml","result":{"state":"skipped","attempts":0,)"
          R"("reason":"needs `fetch`, which didn't succeed","failing_path":true}},)"
          R"({"id":"sub/say","name":"sub/say","kind":"run","action":"echo hi","file":"inner.yaml","line":2,"column":8,)"
          R"("description":"","tags":[],"group":"sub"},)"
          R"({"id":"sub/again","name":"sub/again","kind":"run","action":"echo hi","file":"inner.yaml","line":2,"column":29,)"
          R"("description":"","tags":[],"group":"sub"},)"
          R"({"id":"sub/finally/bye","name":"sub/finally/bye","kind":"run","action":"echo bye","file":"inner.yaml","line":3,)"
          R"("column":11,"description":"","tags":[],"group":"sub","callback":"finally"},)"
          R"({"id":"finally:tidy","name":"finally/tidy","kind":"run","action":"true","file":"jobs.yaml","line":21,"column":11,)"
          R"("description":"","tags":[],"callback":"finally","result":{"state":"succeeded","attempts":1,"start":<n>,"elapsed":<n>,)"
          R"("failing_path":false}}],)"
          R"("edges":[{"from":"fetch","to":"sub","when":"succeeded"},{"from":"sub/say","to":"sub/again","when":"succeeded"}],)"
          R"("groups":[{"job":null,"jobs":["fetch","sub"]},{"job":"sub","jobs":["sub/say","sub/again"]},)"
          R"({"job":"sub","callback":"finally","jobs":["sub/finally/bye"]},{"job":null,"callback":"finally","jobs":["finally:tidy"]}]})"
          "\n")
      .run();
  test.args({"graph", "jobs.yaml", "--run", "last", "--format", "json", "pages"})
      .expect_stdout_parts(
          {R"("foreach":"item","result":{"state":"succeeded",)", R"("items":{"succeeded":2},"failing_path":false}})"})
      .run();
  test.args({"graph", "jobs.yaml", "--run", "last", "--format", "mermaid", "fetch", "sub"})
      .expect_stdout(R"(flowchart LR
  j0["fetch<br>FAIL <time>, 2 attempts"]
  subgraph j1["sub<br>graph inner.yaml<br>SKIP"]
    j2["say"]
    j3["again"]
    subgraph c4["finally"]
      j4["bye"]
    end
  end
  subgraph c5["finally"]
    j5["tidy<br>ok <time>"]
  end
  j0 --> j1
  j2 --> j3
  classDef ok fill:#e3f4e3,stroke:#2e7d32,color:#000
  classDef degraded fill:#fff3d6,stroke:#b26a00,color:#000
  classDef failed fill:#fde0e0,stroke:#c62828,stroke-width:3px,color:#000
  classDef never fill:#eeeeee,stroke:#757575,color:#000
  classDef open fill:#e3edfb,stroke:#1565c0,color:#000
  class j0 failed
  class j1 never
  class j5 ok
  linkStyle 0 stroke:#c62828,stroke-width:3px
)")
      .run();
  test.args({"graph", "jobs.yaml", "--run", "last", "--format", "dot", "fetch", "sub"})
      .expect_stdout_parts({
          R"(digraph "night \"ly\"" {)",
          R"(  j0 [label="fetch\nFAIL <time>, 2 attempts", fillcolor="#fde0e0", color="#c62828", penwidth=2.5];)",
          R"(  subgraph "cluster_j1" {
    label="sub\ngraph inner.yaml\nSKIP"; style="rounded,filled"; fillcolor="#eeeeee"; color="#c62828"; penwidth=2.5;
    j1 [shape=point, style=invis, label=""];
    j2 [label="say", fillcolor="#ffffff", color="#9e9e9e", penwidth=1];)",
          R"(  j0 -> j1 [lhead="cluster_j1", color="#c62828", penwidth=2.5];
  j2 -> j3;
}
)",
      })
      .run();
}

TEST_CASE("graph: what jobs say is no syntax of Graphviz or Mermaid") {
  const char* jobs = R"(version: 1
jobs:
  end: {run: "true", if: '"a\\b" == "`x`" and "]; j9" != "<b>" or "#quot;" == "&lt;"'}
  class: {needs: {end: failed}, run: "true"}
)";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"graph", "jobs.yaml", "--format", "dot"})
      .expect_stdout(R"x(digraph "jobs" {
  graph [rankdir=LR, compound=true, fontname="sans-serif", labelloc=t, label="jobs"];
  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  j0 [label="end\nif \"a\\\\b\" == \"`x`\" and \"]; j9\" != \"<b>\" or \"#quot;\" == \"&amp;lt;\""];
  j1 [label="class"];
  j0 -> j1 [label="failed", style=dashed];
}
)x")
      .run();
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"graph", "jobs.yaml", "--format", "mermaid"})
      .expect_stdout(
          "flowchart LR\n"
          "  j0[\"end<br>if #34;a#92;#92;b#34; == #34;#96;x#96;#34; and #34;#93;#59; j9#34; != #34;#60;b#62;#34; or "
          "#34;#35;quot#59;#34; == #34;#38;lt#59;#34;\"]\n"
          "  j1[\"class\"]\n"
          "  j0 -. failed .-> j1\n")
      .run();
}

TEST_CASE("graph: chains stay within the width") {
  std::string jobs = "version: 1\njobs:\n  j0: {run: \"true\"}\n";
  for (int i = 1; i < 24; ++i) jobs += "  j" + std::to_string(i) + ": {run: \"true\", needs: j" + std::to_string(i - 1) + "}\n";
  CorunTest()
      .file("jobs.yaml", jobs)
      .args({"graph", "jobs.yaml"})
      .expect_stdout_parts({"└─ j19\n" + std::string(57, ' ') + "└─ …\n… j19\n└─ j20\n   └─ j21\n"})
      .run();
}

TEST_CASE("graph: what can't be drawn") {
  CorunTest test;
  with_files(test)
      .args({"graph", "jobs.yaml", "--run", "last"})
      .expect_exit(66)
      .expect_stderr("corun: there are no runs in `<state>`\n")
      .run();
  test.file("a.yaml", "version: 1\njobs: {a: {run: \"true\"}}\n").args({"a.yaml", "-q"}).run();
  test.args({"graph", "jobs.yaml", "--run", "last"})
      .expect_exit(66)
      .expect_stderr("corun: there is no run of `jobs.yaml` in `<state>`\n")
      .run();
  test.args({"graph", "a.yaml", "--run", "2", "--format", "json"})
      .expect_stdout_parts({R"("result":{"state":"succeeded")"})
      .run();
  test.args({"graph", "jobs.yaml", "--run", "2", "after"})
      .expect_stdout_parts({"  -                 pages", "\n  -                    └─ after"})
      .expect_stderr("corun: warning: run <run> was one of <dir>/a.yaml\n")
      .run();
  // `check` has the same variable and words of its own.
  test.env("CORUN_FORMAT", "github").args({"graph", "jobs.yaml"}).expect_stdout_parts({"fetch"}).run();
  test.env("CORUN_FORMAT", "dot").args({"check", "jobs.yaml"}).run();
  test.env("CORUN_FORMAT", "svg")
      .args({"graph", "jobs.yaml"})
      .expect_exit(2)
      .expect_stderr("corun: CORUN_FORMAT: expected text, dot, mermaid or json, not `svg`\ntry `corun graph --help`\n")
      .run();
  test.env("CORUN_FORMAT", "")
      .args({"graph", "jobs.yaml", "--format", "svg"})
      .expect_exit(2)
      .expect_stderr("corun: --format: expected text, dot, mermaid or json, not `svg`\ntry `corun graph --help`\n")
      .run();
  test.args({"graph", "jobs.yaml", "fetsh"})
      .expect_exit(66)
      .expect_stderr("corun: there is no job `fetsh`; did you mean `fetch`?\n")
      .run();
  test.file("bad.yaml", "version: 1\njobs: {a: {ruin: x}}\n")
      .args({"graph", "bad.yaml"})
      .expect_exit(65)
      .expect_stderr_parts({"error[E101]: unknown key `ruin`", "bad.yaml:2:12"})
      .run();
}

TEST_CASE("ls: jobs with tags and descriptions, members below their group") {
  CorunTest test;
  with_files(test)
      .args({"ls", "jobs.yaml"})
      .expect_stdout(R"(fetch           net,slow  Get what's new
pages[]                   true
load                      ./load.sh
rescue                    true
mail                      true
mirror                    gather quorum, 1 of 2 jobs
  eu                      In Europe
  us                      true
after                     sleep 1ms
sub                       graph inner.yaml
  say                     echo hi
  again                   echo hi
  finally: bye            echo bye
finally: tidy             true
)")
      .run();
  test.args({"ls", "jobs.yaml", "-o", "json", "--only", "mirror"})
      .expect_stdout(
          R"({"v":1,"file":"jobs.yaml","name":"night \"ly\"","jobs":[)"
          R"({"id":"mirror","name":"mirror","kind":"gather","action":"gather quorum, 1 of 2 jobs","file":"jobs.yaml","line":11,)"
          R"("column":3,"description":"","tags":[],"policy":"quorum","n":1,"needs":[]},)"
          R"({"id":"mirror/eu","name":"mirror/eu","kind":"run","action":"true","file":"jobs.yaml","line":17,"column":9,)"
          R"("description":"In Europe","tags":[],"group":"mirror","needs":[]},)"
          R"({"id":"mirror/us","name":"mirror/us","kind":"run","action":"true","file":"jobs.yaml","line":18,"column":9,)"
          R"("description":"","tags":[],"group":"mirror","needs":[{"job":"mirror/eu","when":"succeeded"}]},)"
          R"({"id":"finally:tidy","name":"finally/tidy","kind":"run","action":"true","file":"jobs.yaml","line":21,"column":11,)"
          R"("description":"","tags":[],"callback":"finally","needs":[]}]})"
          "\n")
      .run();
  test.args({"ls", "jobs.yaml", "-o", "ndjson"})
      .expect_exit(2)
      .expect_stderr("corun: --output-format: expected text or json, not `ndjson`\ntry `corun ls --help`\n")
      .run();
  test.args({"ls"}).expect_exit(2).expect_stderr("corun: no job file given\ntry `corun ls --help`\n").run();
}
