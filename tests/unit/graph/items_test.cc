// The lists of foreach and matrix, as far as a file tells them. Knows nothing of how they run.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

std::vector<std::string> keys_of(const std::string& matrix) {
  return job("{run: x, matrix: " + matrix + "}").flow->foreach->keys;
}

}  // namespace

TEST_CASE("a foreach's list that can't meet its policy, and what isn't a list") {
  CHECK(job_findings("{run: x, foreach: {items: [], gather: all}}").empty());
  CHECK(job_findings("{run: x, foreach: {items: [1, 2], gather: {policy: quorum, n: 2}}}").empty());
  CHECK(job_findings("{run: x, foreach: {items: .vars, gather: race}}").empty());
  CHECK(job_findings("{run: x, foreach: {items: [1, 2], gather: {policy: quorum, n: 3}}}") ==
        Lines{"3:24 E207 `foreach` of job `a` wants 3 of its 2 items"});
  CHECK(job_findings("{run: x, foreach: {items: [], gather: any}}") ==
        Lines{"3:24 E208 no items for the policy of `foreach` of job `a`"});
  CHECK(job_findings("{run: x, foreach: {items: 3}}") ==
        Lines{"3:32 E104 expected a list, or an expression that gives one for `items` of `foreach` of job `a`, found a number"});
  CHECK(job_findings("{run: x, foreach: null}").size() == 1);
}

TEST_CASE("an item can't have a name that always means something else") {
  for (const char* name : {"index", "attempt", "error", "jobs", "vars", "previous"}) {
    CHECK(job_findings(std::string("{run: x, foreach: {items: [1], as: ") + name + "}}") ==
          Lines{std::string("3:41 E112 `") + name + "` can't be the name of an item"});
  }
}

TEST_CASE("combinations of a matrix have names of their own, on one line") {
  CHECK(keys_of("{os: [linux, mac], v: [1, null]}") == Lines{"os=linux,v=1", "os=linux,v=null", "os=mac,v=1", "os=mac,v=null"});
  CHECK(keys_of("{v: [1, \"1\", 1]}") == Lines{"v=1", "v=1#2", "v=1#3"});
  CHECK(keys_of(R"({v: ["a\nb\ec"]})") == Lines{"v=a b c"});
  CHECK(keys_of("{v: [" + std::string(200, 'x') + "]}").at(0).size() == 100);
}

TEST_CASE("exclude: what matches no combination is a mistake") {
  CHECK(keys_of("{os: [a, b], v: [1, 2], exclude: [{os: a}, {os: a, v: 1}]}") == Lines{"os=b,v=1", "os=b,v=2"});
  const std::string start = "{run: x, matrix: {os: [a, b], v: [1, 2], exclude: [";
  CHECK(job_findings(start + "{so: a}]}}") == Lines{"3:57 E118 `exclude` of `matrix` of job `a` matches no combination"});
  CHECK(job_findings(start + "{os: a, v: \"1\"}]}}").size() == 1);
  CHECK(job_findings(start + "{os: a}, {v: 3}]}}").size() == 1);
}

TEST_CASE("callbacks of the file end by themselves") {
  const JobFile file = load(
      "version: 1\njobs: {a: {run: x}}\n"
      "finally: {b: {run: x}, c: {run: x, timeout: 1s}, d: {gather: {jobs: {e: {run: x}}}}, f: {run: x}}\n"
      "on_failure: {g: {sleep: 1s}}\n");
  const std::vector<Job>& jobs = file.finally.jobs;
  CHECK_FALSE(file.top.jobs[0].policies->timeout.has_value());
  CHECK(jobs[0].policies->timeout == 5min);
  CHECK(jobs[1].policies->timeout == 1s);
  CHECK(jobs[2].policies->timeout == 5min);
  CHECK_FALSE(std::get<std::unique_ptr<GatherSpec>>(jobs[2].action)->group->jobs[0].policies->timeout.has_value());
  CHECK(jobs[3].policies->timeout == 5min);
  CHECK(file.on_failure.jobs[0].policies->timeout == 5min);
  CHECK(load("version: 1\ndefaults: {timeout: 2s}\njobs: {a: {run: x}}\nfinally: {b: {run: x}}\n")
            .finally.jobs[0]
            .policies->timeout == 2s);
}
