// `corun report` and `--report`: documents about a run, while it is one and afterwards.
#include "catch.h"
#include "corun_test.h"

namespace {

constexpr const char* kJobs = R"(version: 1
name: nightly
jobs:
  fetch: {run: 'echo try $CORUN_ATTEMPT; test $CORUN_ATTEMPT = 2', retry: {attempts: 2, delay: 1ms}, description: gets it}
  each: {needs: fetch, foreach: [x], run: 'true'}
  bad: {needs: fetch, run: 'echo oh >&2; exit 3', tags: [night]}
  never: {needs: bad, run: 'true'}
)";

// All but what differs between two accounts of one run, a line a job.
constexpr const char* kFacts = R"(import json, sys
keys = ('name', 'state', 'reason', 'line', 'description', 'tags', 'output')
for job in json.load(open(sys.argv[1]))['jobs']:
    print([job.get(key) for key in keys] + [[attempt.get('output') for attempt in job['attempts']]])
)";

}  // namespace

TEST_CASE("a run and what is kept of it give the same account") {
  CorunTest test;
  test.file("jobs.yaml", kJobs)
      .file("outer.yaml", std::string("version: 1\njobs:\n  outer:\n    shell: bash\n    run: |\n") +
                              "      $CORUN jobs.yaml -qq -j 1 --report json=live.json 2>/dev/null && exit 1\n" +
                              "      $CORUN report --json past.json\n" + "      $CORUN report --json - | cmp - past.json\n" +
                              "      cmp <(python3 facts.py live.json | sort) <(python3 facts.py past.json | sort)\n" +
                              "      python3 facts.py live.json; rm live.json past.json\n")
      .file("facts.py", kFacts)
      .env("CORUN", CORUN_BINARY)
      .args({"outer.yaml"})
      .expect_stdout(
          "['fetch', 'succeeded', None, 4, 'gets it', None, 'try 1\\ntry 2\\n', ['try 1\\n', None]]\n"
          "['each', 'succeeded', None, 5, None, None, None, [None]]\n"
          "['bad', 'failed', 'exit code 3', 6, None, ['night'], 'oh\\n', [None]]\n"
          "['never', 'skipped', \"needs `bad`, which didn't succeed\", 7, None, None, None, []]\n"
          "['each[0]', 'succeeded', None, 5, None, None, None, [None]]\n")
      .expect_stderr("[1/1] ok <time> outer\n1 job: 1 ok in <time>\n")
      .run();
}

TEST_CASE("a report in words") {
  CorunTest test;
  test.file("jobs.yaml", kJobs).args({"jobs.yaml", "-qqq"}).expect_exit(1);
  test.run();
  test.args({"report"})
      .expect_stdout_parts({"run <run> of ", "jobs.yaml: failed (exit code 1) after ", "ATTEMPTS  JOB      REASON\nok ",
                            " 2         fetch\n", " 1         bad      exit code 3\n", "\nSKIP   -  ", "  -  ",
                            " 0         never    needs `bad`, which didn't succeed\n"})
      .run();
}

TEST_CASE("a report that can't be made is said before anything runs") {
  CorunTest()
      .file("jobs.yaml", kJobs)
      .args({"jobs.yaml", "--report", "json=none/x.json"})
      .expect_exit(73)
      .expect_stderr("corun: the report none/x.json can't be written: No such file or directory\n")
      .run();
  CorunTest().args({"report"}).expect_exit(66).expect_stderr("corun: there are no runs in `<state>`\n").run();
  CorunTest().args({"report", "a", "b"}).expect_exit(2).expect_stderr_parts({"`corun report` takes one run"}).run();
  CorunTest test;
  test.file("jobs.yaml", kJobs).args({"jobs.yaml", "-qqq"}).expect_exit(1).run();
  test.args({"report", "zzz"}).expect_exit(66).expect_stderr("corun: no run `zzz` in `<state>`\n").run();
  test.args({"report", "2", "--json", "none/x"})
      .expect_exit(73)
      .expect_stderr("corun: the report `none/x` can't be written: No such file or directory\n")
      .run();
}
