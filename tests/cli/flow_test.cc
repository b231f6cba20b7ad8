// Data that flows, as a user writes it: expressions, fan-out, conditions, outputs; and what is wrong with them.
#include "catch.h"
#include "corun_test.h"

TEST_CASE("a graph whose jobs hand data to each other") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
vars: {n: 3, big: 9007199254740993, version: 3.10}
jobs:
  login:
    run: 'echo "{\"session\": \"abc\", \"ids\": [1, 2]}"'
    outputs: {session: .json.session, first: {regex: '"(\w+)"'}}
  pages:
    needs: login
    foreach: {items: "${{ [range(.vars.n)] }}", as: page, max_concurrent: 1}
    run: 'echo "page ${{ .page }} for ${{ .jobs.login.outputs.session }}"'
    outputs: {twice: .page * 2}
  only: {needs: pages, if: .jobs.pages.outputs | length > 5, run: echo never}
  total:
    needs: pages
    run: 'echo "${{ [.jobs.pages.outputs[].twice] | add }} ${{ .vars.big }} ${{ .vars.version }}"'
  files: {needs: total, run: 'echo "key=value of a file" >> "$CORUN_OUTPUT"'}
  use: {needs: files, run: 'echo "${{ .jobs.files.outputs.key }}"'}
outputs: {session: .jobs.login.outputs, total: "[.jobs.pages.outputs[].twice] | add"}
)yaml")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout(
          "{\"session\": \"abc\", \"ids\": [1, 2]}\npage 0 for abc\npage 1 for abc\npage 2 for abc\n"
          "6 9007199254740993 3.10\nvalue of a file\n")
      .expect_stderr(
          "[1/6] ok <time> login\n[1/6] ok <time> pages[0]\n[1/6] ok <time> pages[1]\n[1/6] ok <time> pages[2]\n"
          "[2/6] ok <time> pages\n[3/6] SKIP only: `if` is false\n[4/6] ok <time> total\n[5/6] ok <time> files\n"
          "[6/6] ok <time> use\n6 jobs: 5 ok, 1 skipped in <time>\n")
      .run();
}

TEST_CASE("a matrix runs every combination under its name") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  test:
    matrix: {os: [linux, mac], py: [3.10, 3.11], exclude: [{os: mac, py: 3.10}], include: [{os: mac, py: 3.11, extra: "yes"}]}
    run: 'echo "${{ .matrix.os }} ${{ .matrix.py }} ${{ .matrix.extra // "no" }}"'
)yaml")
      .args({"run", "jobs.yaml", "--no-state", "-j", "1"})
      .expect_stdout("linux 3.10 no\nlinux 3.11 no\nmac 3.11 yes\n")
      .expect_stderr(
          "[0/1] ok <time> test[os=linux,py=3.10]\n[0/1] ok <time> test[os=linux,py=3.11]\n"
          "[0/1] ok <time> test[os=mac,py=3.11,extra=yes]\n[1/1] ok <time> test\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("wrong expressions are found before anything runs, at their place") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
vars: {pages: 3}
jobs:
  a: {run: 'echo ${{ jobs.b.outputs.x }} ${{ .vars.page }}'}
  bees: {run: echo x}
  c: {run: 'echo ${{ .jobs.bes.outputs }} ${{ .jobs.bees.outputs }}'}
  d:
    run: echo x
    outputs:
      x: .json | foo
      y: >-
        .lines |
    if: .vars.pages == 'x'
)yaml")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:4:18: error[E113]: `jobs.b.outputs.x` isn't a path (write `.jobs.b.outputs.x`)\n"
          "jobs.yaml:4:42: error[E209]: undefined variable `page` (did you mean `.vars.pages`?)\n"
          "jobs.yaml:6:18: error[E113]: no job `bes` can be seen from here (did you mean `.jobs.bees`?)\n"
          "jobs.yaml:6:43: error[E113]: job `bees` isn't needed by this one: its result may not be there yet (add `needs: "
          "bees`)\n"
          "jobs.yaml:10:18: error[E113]: jq: foo/0 is not defined\n"
          "jobs.yaml:12:9: error[E113]: jq: syntax error, unexpected end of the expression\n"
          "jobs.yaml:13:24: error[E113]: jq: syntax error, unexpected character\n")
      .run();
}

TEST_CASE("what a job doesn't have is told before the run") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  a: {http: "http://127.0.0.1:1/", outputs: {token: .json, place: .headers.Location}}
  b: {run: "true", foreach: [1]}
  c: {needs: [a, b], run: 'echo ${{ .jobs.a.output.x }} ${{ .jobs.a.outputs.tokn | length }} ${{ .jobs.b.outputs.x }}'}
  d: {needs: a, run: 'echo ${{ .jobs.a.headers["X-Id"] }} ${{ .jobs.a.outputs.token.x }} ${{ .jobs.a.conclusion }}'}
  e: {http: "http://127.0.0.1:1/", fallback: {output: {x: 1}}}
  f: {needs: e, run: 'echo ${{ .jobs.e.outputs.x }}'}
)yaml")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:3:67: error[E113]: no header `Location`: their names are in lower case (write `.headers.location`)\n"
          "jobs.yaml:5:33: error[E113]: job `a` has no `output` (did you mean `outputs`?)\n"
          "jobs.yaml:5:57: error[E113]: job `a` has no output `tokn` (did you mean `token`?)\n"
          "jobs.yaml:5:94: error[E113]: the outputs of job `b` are a list: one for each item (such as "
          "`.jobs.b.outputs[].x`)\n"
          "jobs.yaml:6:28: error[E113]: no header `X-Id`: their names are in lower case (write `.headers[\"x-id\"]`)\n")
      .run();
}

TEST_CASE("expressions as other tools have them lead to jq") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
vars: {x: 1}
jobs:
  a: {run: 'echo ${{ needs.b.outputs.x }} ${{ inputs.x }} ${{ github.sha }}'}
  b: {run: ls, if: not .vars.x}
  c: {run: ls, if: always()}
  d: {run: ls, outputs: {x: "$.stdout.a"}}
  e: {run: ls, if: .vars.x == 1 && true}
)yaml")
      .args({"check", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts(
          {"write `.jobs.b.outputs.x`\n", "write `.vars.x`\n", "write `.env.NAME`\n", "write `.vars.x | not`\n",
           "= help: how a job has ended is asked by `needs: {job: failed}` or `done`, or by `.jobs.NAME.state`\n",
           "= help: paths start with a dot: `.json.name`\n", "= help: jq has `and`, `or` and `| not`\n"})
      .run();
}

TEST_CASE("a repeat without its condition is one error") {
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a: {run: ls, repeat: {every: 1s}}\n")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout("jobs.yaml:3:24: error[E103]: missing key `until` in `repeat` of job `a`\n")
      .run();
}

TEST_CASE("pages are followed and collected, each round by what the one before it gave") {
  const std::string file = R"yaml(version: 1
jobs:
  pages:
    run: |
      case ${{ .previous.next // "start" }} in
        start) echo '{"items": [1, 2], "next": "b"}' ;;
        b) [ "$CORUN_ATTEMPT" -gt 2 ]; echo '{"items": [3], "next": "c"}' ;;
        c) echo '{"items": [], "next": null}' ;;
      esac
    retry: {attempts: 2, delay: 1ms}
    repeat: {until: .json.next == null, every: 0s, attempts: 20}
    outputs: {next: .json.next, items: "(.previous.items // []) + .json.items"}
    finally: {run: 'echo "last: ${{ .previous.items }}"'}
  written:
    needs: pages
    run: echo n=${{ .previous.n // "" }}x >>"$CORUN_OUTPUT"
    repeat: {until: '(.previous.n | length) == 2', every: 0s, attempts: 5}
  show: {needs: written, run: 'echo "${{ .jobs.pages.outputs.items }} ${{ .jobs.written.outputs.n }}"'}
)yaml";
  CorunTest()
      .file("jobs.yaml", file)
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout(
          "{\"items\": [1, 2], \"next\": \"b\"}\n{\"items\": [3], \"next\": \"c\"}\n{\"items\": [], \"next\": null}\n"
          "last: [1,2,3]\n[1,2,3] xxx\n")
      .expect_stderr(
          "[1/3] ok <time> pages (attempt 4 of 40)\n[2/3] ok <time> written (attempt 3 of 5)\n[3/3] ok <time> show\n"
          "3 jobs: 3 ok in <time>\n")
      .run();
  CorunTest()
      .file("jobs.yaml", file)
      .args({"plan", "jobs.yaml", "pages"})
      .expect_stdout_parts({"again at once until .json.next == null, at most 20 times\n", "${{ .previous.next // \"start\" }}"})
      .run();
}

TEST_CASE("a foreach follows the pages of each item by itself") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  each:
    foreach: {items: [2, 3], as: most, max_concurrent: 1}
    run: 'echo ${{ .previous.sum // 0 }}'
    repeat: {until: .previous.sum >= .most, every: 0s}
    outputs: {sum: (.previous.sum // 0) + 1}
  show: {needs: each, run: 'echo "${{ .jobs.each.outputs }}"'}
)yaml")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_stdout("0\n1\n2\n0\n1\n2\n3\n[{\"sum\":3},{\"sum\":4}]\n")
      .expect_stderr_parts({"2 jobs: 2 ok in <time>"})
      .run();
}

TEST_CASE("the round before can't be seen where there is none") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  a: {run: 'echo ${{ .previous.x }}'}
  b: {http: "http://h/${{ .previous.nxet }}", repeat: {until: .json.x}, outputs: {next: .json.next}}
  c: {http: "http://h/${{ .previous.next // 1 }}", repeat: {until: .json.x}}
  d: {if: .previous.x, run: ls, repeat: {until: .json.x}}
  e: {foreach: [1], run: ls, repeat: {until: .json.x}, finally: {run: 'echo ${{ .previous.x }}'}}
  f: {gather: {jobs: {x: {run: 'echo ${{ .previous }}'}}}}
outputs: {x: .previous.y + 1}
)yaml")
      .args({"check", "jobs.yaml", "--format", "short"})
      .expect_exit(65)
      .expect_stdout(
          "jobs.yaml:3:18: error[E113]: `.previous` is what the round before gave, and this job has no `repeat` (add `repeat: "
          "{until: …}`)\n"
          "jobs.yaml:4:23: error[E113]: job `b` has no output `nxet` for `.previous` (did you mean `next`?)\n"
          "jobs.yaml:5:23: error[E113]: there is nothing in `.previous`: job `c` has no `outputs` (add `outputs: {…}`: they are "
          "what the next round sees)\n"
          "jobs.yaml:6:11: error[E113]: there is no `.previous` here: no round comes before (only a job with `repeat` sees it, "
          "from its action on)\n"
          "jobs.yaml:7:77: error[E113]: there is no `.previous` here: no round comes before (only a job with `repeat` sees it, "
          "from its action on)\n"
          "jobs.yaml:8:38: error[E113]: `.previous` is what the round before gave, and this job has no `repeat` (add `repeat: "
          "{until: …}`)\n"
          "jobs.yaml:9:14: error[E113]: there is no `.previous` here: no round comes before (only a job with `repeat` sees it, "
          "from its action on)\n")
      .run();
}

TEST_CASE("a job that refers to itself is told what it sees instead") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  a:
    run: 'echo ${{ .jobs.a.state }}'
    outputs: {x: .jobs.a.json}
    on_failure: {run: 'echo ${{ .jobs.a.exit_code }}'}
    finally: {run: 'echo ${{ .jobs.a.attempts }}'}
    on_success: {run: 'echo ${{ .jobs.a.stdout }}'}
  g: {gather: {jobs: {x: {run: 'echo ${{ .jobs.g.state }}'}}}}
)yaml")
      .args({"check", "jobs.yaml"})
      .expect_exit(65)
      .expect_stderr_parts(
          {"`.jobs.a` is this job itself: its result isn't there before it has ended\n",
           "= help: a fallback and another attempt see `.error` and `.attempt` of the one before: `.error` has `kind`, "
           "`message`, "
           "`exit_code`, `signal`, `status`\n",
           "`.jobs.a` is this job itself: its result isn't among `.jobs` yet\n", "write `.json`\n",
           "= help: what it came to is at the top\n",
           "`.jobs.a` is this job itself: its callbacks see how it ended, and not its result\n", "write `.error.exit_code`\n",
           "= help: `.error` has `kind`, `message`, `exit_code`, `signal`, `status`; it is null if all went well\n",
           "write `.attempt`\n", "write `.error` and `.attempt`\n", "this job is inside of it\n"})
      .run();
}

TEST_CASE("whoever looks at an output that was cut is told, once for a job") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
defaults: {output: {max: 10B}}
jobs:
  own: {foreach: {items: [1, 2], max_concurrent: 1}, run: "seq 100 >&2; seq 100", output: {max: 20B}, outputs: {n: .lines | length}}
  other: {needs: own, run: "seq 100 >&2"}
  use: {needs: other, run: 'echo ${{ .jobs.other.stderr | length }}'}
  unseen: {needs: use, run: seq 100, outputs: {x: .exit_code}}
  whole: {needs: unseen, run: seq 3, outputs: {x: .stdout}}
)yaml")
      .args({"run", "jobs.yaml", "--no-state", "-q", "-o", "json"})
      .expect_stdout_parts({"\"succeeded\""})
      .expect_stderr(
          "corun: warning: `own[0]`: expressions see only the first 20 bytes of its stdout; raise `output: {max: …}` for more\n"
          "corun: warning: `other`: expressions see only the first 10 bytes of its stderr; raise `output: {max: …}` for more\n")
      .run();
}

TEST_CASE("what can't be evaluated while the run goes on names job, line and value") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  a: {run: 'echo "{\"x\": {\"y\": 1}}"', outputs: {x: .json.x}}
  b: {needs: a, run: 'echo ${{ .jobs.a.outputs.x.y.z }}'}
  c: {run: echo hi, outputs: {bad: .json.x}}
)yaml")
      .args({"run", "jobs.yaml", "--no-state", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL ", "`run`, line 4: `.jobs.a.outputs.x.y` is 1: can't index number with \"z\""})
      .run();
}

TEST_CASE("what isn't found in an output that was cut may have been in the rest") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
defaults: {output: {max: 1KiB}}
jobs:
  found: {run: "echo start; seq 1000", outputs: {r: {regex: start}}}
  lost: {needs: found, run: "seq 1000; echo end", outputs: {r: {regex: end}}}
  short: {needs: found, run: "echo short", outputs: {r: {regex: end}}}
  page: {needs: found, run: "echo '<p>'; seq 1000", outputs: {r: {xpath: //p}}}
)yaml")
      .args({"run", "jobs.yaml", "--no-state", "-q", "-o", "ndjson", "-j", "1"})
      .expect_exit(1)
      .expect_stdout_parts({"\"job\":\"found\",\"state\":\"succeeded\"", "\"job\":\"lost\",\"state\":\"failed\"",
                            "output `r`: there was more of stdout than `output: {max: …}` keeps",
                            "\"job\":\"short\",\"state\":\"succeeded\"", "\"job\":\"page\",\"state\":\"failed\"",
                            "output `r`: there was more of stdout than `output: {max: …}` keeps"})
      .expect_stderr_parts({"FAIL"})
      .run();
}

TEST_CASE("expect looks into headers, bodies and JSON") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  json: {run: "echo '{\"state\": \"busy\"}'", expect: {json: .json.state == "done"}}
  body: {run: echo all is well, expect: {body: "is bad"}}
  regex: {run: echo all is well, expect: {body: {regex: "^all .* well$"}}}
)yaml")
      .args({"run", "jobs.yaml", "--no-state", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"expected `.json.state == \"done\"`, which is false"})
      .run();
}

TEST_CASE("callbacks of the file come last, and a failing one fails the run") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs: {a: {run: "exit 3", finally: {run: echo a is over}}}
on_failure: {tell: {run: 'echo "failed: ${{ .jobs.a.error.message }}"'}}
finally: {tidy: {run: echo tidy}}
)yaml")
      .args({"run", "jobs.yaml", "--no-state"})
      .expect_exit(1)
      .expect_stdout("a is over\nfailed: exit code 3\ntidy\n")
      .expect_stderr(
          "[1/1] FAIL <time> a: exit code 3\n[1/1] ok <time> on_failure/tell\n[1/1] ok <time> finally/tidy\n\n"
          "1 job: 1 failed in <time>\n\nFAIL a: exit code 3\n  | a is over\n")
      .run();
}
