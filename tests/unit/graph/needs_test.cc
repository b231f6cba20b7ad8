// Edges between jobs, joins and cycles. Knows nothing of actions or policies.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

std::string jobs(std::string_view lines) { return "version: 1\njobs:\n" + std::string(lines); }

}  // namespace

TEST_CASE("every form of needs and join") {
  const JobFile file = load(jobs(R"(  a: {run: x}
  b: {run: x, needs: a}
  c: {run: x, needs: [a, b], join: any}
  d: {run: x, needs: {a: succeeded, b: failed, c: done}, join: {quorum: 2}}
  e: {run: x, needs: []}
)"));
  const std::vector<Job>& list = file.top.jobs;
  CHECK(list[0].needs.empty());
  REQUIRE(list[1].needs.size() == 1);
  CHECK(list[1].needs[0].job == 0);
  CHECK(list[1].needs[0].when == EdgeCondition::succeeded);
  CHECK(list[1].needs[0].place.line == 4);
  CHECK(list[1].needs[0].place.column == 22);
  CHECK(list[1].join == Join::all);
  CHECK(list[2].needs.size() == 2);
  CHECK(list[2].join == Join::any);
  REQUIRE(list[3].needs.size() == 3);
  CHECK(list[3].needs[1].when == EdgeCondition::failed);
  CHECK(list[3].needs[2].when == EdgeCondition::done);
  CHECK(list[3].join == Join::quorum);
  CHECK(list[3].join_quorum == 2);
  CHECK(list[4].needs.empty());
}

TEST_CASE("what is wrong with needs and join") {
  CHECK(findings(jobs("  a: {run: x, needs: a}\n")) == Lines{"3:22 E202 job `a` needs itself"});
  CHECK(findings(jobs("  a: {run: x}\n  b: {run: x, needs: [a, a]}\n")) == Lines{"4:26 E203 job `b` needs `a` twice"});
  CHECK(findings(jobs("  a: {run: x, needs: 5}\n")) == Lines{"3:22 E104 expected a job's name, a list of names or a map of names "
                                                             "to conditions for `needs` of job `a`, found a number"});
  CHECK(findings(jobs("  a: {run: x, needs: [[b]]}\n")) ==
        Lines{"3:23 E104 expected a job's name for `needs` of job `a`, found a list"});
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: {b: success}}\n")) ==
        Lines{"4:26 E108 `success` isn't one of the choices for `b` of `needs` of job `a`"});
  CHECK(findings(jobs("  a: {run: x, join: all}\n")).empty());
  CHECK(findings(jobs("  a: {run: x, join: any}\n")) == Lines{"3:21 E118 `join` without `needs` in job `a`"});
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: {b: success}, join: any}\n")).size() == 1);
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: [b, c], join: {quorum: 2}}\n")).size() == 1);
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: b, join: {quorum: 2}}\n")) ==
        Lines{"4:31 E207 job `a` wants 2 of its 1 needs"});
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: b, join: {quorum: 0}}\n")).size() == 1);
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: b, join: {}}\n")).size() == 1);
  CHECK(findings(jobs("  b: {run: x}\n  a: {run: x, needs: b, join: some}\n")).size() == 1);
}

TEST_CASE("an unknown job is reported with the similar one's line") {
  CHECK(shown(jobs("  fetch: {run: x}\n  load: {run: x, needs: [fetsh]}\n")) ==
        "error[E201]: job `load` needs `fetsh`, which doesn't exist\n"
        " --> jobs.yml:4:26\n"
        "  |\n"
        "4 |   load: {run: x, needs: [fetsh]}\n"
        "  |                          ^^^^^ did you mean `fetch`?\n"
        "note: job `fetch` is here\n"
        " --> jobs.yml:3:3\n"
        "  |\n"
        "3 |   fetch: {run: x}\n"
        "  |   ^^^^^\n");
}

TEST_CASE("an unknown job like no other is reported with those that there are") {
  const auto help = [](const std::string& others) {
    const std::string text = shown(jobs(others + "  load: {run: x, needs: [nowhere]}\n"));
    return text.substr(std::min(text.find("  = help"), text.size()));
  };
  CHECK(help("") == "  = help: there is no other job\n");
  CHECK(help("  a: {run: x}\n  b: {run: x}\n") == "  = help: there is `a`, `b`\n");
  std::string many;
  for (int i = 0; i < 12; ++i) many += "  j" + std::to_string(i) + ": {run: x}\n";
  CHECK(help(many) == "  = help: there is `j0`, `j1`, `j2`, `j3`, `j4`, `j5`, `j6`, `j7`, `j8`, `j9` and 2 more\n");
}

TEST_CASE("needs stay within a group") {
  const JobFile file = load(
      jobs("  a: {run: x}\n  g:\n    needs: a\n    gather:\n      jobs:\n        a: {run: x}\n        b: {run: x, needs: a}\n"));
  const Job& group = file.top.jobs.at(1);
  const JobGroup& inside = *std::get<std::unique_ptr<GatherSpec>>(group.action)->group;
  CHECK(inside.jobs.at(1).needs.at(0).job == 0);
  CHECK(inside.jobs.at(1).name == "g/b");
  CHECK(findings(jobs("  out: {run: x}\n  g: {gather: {jobs: {b: {run: x, needs: out}}}}\n")) ==
        Lines{"4:42 E201 job `g/b` needs `out`, which doesn't exist in its group"});
  CHECK(shown(jobs("  g: {gather: {jobs: {a: {run: x, needs: b}}}}\n")) ==
        "error[E201]: job `g/a` needs `b`, which doesn't exist in its group\n"
        " --> jobs.yml:3:42\n"
        "  |\n"
        "3 |   g: {gather: {jobs: {a: {run: x, needs: b}}}}\n"
        "  |                                          ^\n"
        "  = help: jobs inside a `gather` can only need each other: there is no other job\n");
  CHECK(shown(jobs("  g: {gather: {jobs: {a: {run: x}}}}\n  b: {run: x, needs: g/a}\n")) ==
        "error[E201]: job `b` needs `g/a`, which doesn't exist\n"
        " --> jobs.yml:4:22\n"
        "  |\n"
        "4 |   b: {run: x, needs: g/a}\n"
        "  |                      ^^^ write `g` to need the whole group\n"
        "  = help: jobs inside a `gather` can only need each other\n"
        "note: job `g` is here\n"
        " --> jobs.yml:3:3\n"
        "  |\n"
        "3 |   g: {gather: {jobs: {a: {run: x}}}}\n"
        "  |   ^\n");
}

TEST_CASE("a cycle is reported with every edge") {
  CHECK(
      shown(jobs("  start: {run: x}\n  a: {run: x, needs: [start, c]}\n  b: {run: x, needs: a}\n  c: {run: x, needs: {b: done}}\n"
                 "  after: {run: x, needs: c}\n")) ==
      "error[E204]: jobs need each other: `a` → `c` → `b` → `a`\n"
      " --> jobs.yml:4:30\n"
      "  |\n"
      "4 |   a: {run: x, needs: [start, c]}\n"
      "  |                              ^ `a` needs `c`\n"
      "note: `c` needs `b`\n"
      " --> jobs.yml:6:23\n"
      "  |\n"
      "6 |   c: {run: x, needs: {b: done}}\n"
      "  |                       ^\n"
      "note: `b` needs `a`\n"
      " --> jobs.yml:5:22\n"
      "  |\n"
      "5 |   b: {run: x, needs: a}\n"
      "  |                      ^\n");
}

TEST_CASE("each of several cycles is reported, also inside groups") {
  CHECK(findings(
            jobs("  a: {run: x, needs: b}\n  b: {run: x, needs: a}\n  c: {run: x, needs: [d, a]}\n  d: {run: x, needs: c}\n")) ==
        Lines{"3:22 E204 jobs need each other: `a` → `b` → `a`", "5:23 E204 jobs need each other: `c` → `d` → `c`"});
  CHECK(findings(jobs("  g: {gather: {jobs: {a: {run: x, needs: b}, b: {run: x, needs: a}}}}\n")) ==
        Lines{"3:42 E204 jobs need each other: `g/a` → `g/b` → `g/a`"});
}

TEST_CASE("chains and cycles of 100 000 jobs") {
  constexpr int kCount = 100'000;
  std::string text = jobs("");
  for (int i = 0; i < kCount; ++i) {
    text += "  j" + std::to_string(i) + ": {run: x, needs: j" + std::to_string((i + 1) % kCount) + "}\n";
  }
  const LoadResult cycle = load_job_file("p", text);
  REQUIRE(cycle.diagnostics.size() == 1);
  CHECK(cycle.diagnostics[0].message == "jobs need each other: `j0` → `j1` → `j2` → `j3` → `j4` → `j5` → … → `j99999` → `j0`");
  CHECK(cycle.diagnostics[0].notes.size() == 100);
  CHECK(cycle.diagnostics[0].notes.back().message == "… and 99900 more edges");

  const std::size_t last = text.rfind("  j");
  text.replace(last, std::string::npos, "  j99999: {run: x}\n");
  const LoadResult chain = load_job_file("p", text);
  REQUIRE(chain.file.has_value());
  CHECK(chain.file->top.jobs.size() == kCount);
  CHECK(chain.file->top.jobs[0].policies == chain.file->top.jobs[kCount - 1].policies);
}
