// `hedge` as written: what it comes to, for which jobs it is, what it doesn't go with. Knows nothing of how it acts.
#include "graph/attempts.h"
#include "graph/idempotency.h"
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

std::string only_message(std::string_view job) {
  const Lines found = job_findings(job);
  REQUIRE(found.size() == 1);
  return found[0].substr(found[0].find(' ') + 1);
}

}  // namespace

TEST_CASE("a hedge has a time, or the history's, and a most") {
  CHECK_FALSE(job("{run: x}").policies->hedge.has_value());
  const Job it = job("{http: 'https://h/', hedge: {after: 300ms}}");
  CHECK(it.policies->hedge->after == 300ms);
  CHECK(it.policies->hedge->max == 1);
  CHECK(hedge_of(it) == &*it.policies->hedge);
  CHECK_FALSE(job("{http: 'https://h/', hedge: {after: p95}}").policies->hedge->after.has_value());
  CHECK(most_attempts(job("{http: 'https://h/', retry: 3, hedge: {after: p95, max: 2}}")) == 9);
}

TEST_CASE("wrong values of hedge") {
  CHECK(only_message("{http: 'https://h/', hedge: 300ms}").starts_with("E104"));
  CHECK(only_message("{http: 'https://h/', hedge: {max: 1}}") == "E103 missing key `after` in `hedge` of job `a`");
  CHECK(only_message("{http: 'https://h/', hedge: {after: 300}}").starts_with("E105"));
  CHECK(only_message("{http: 'https://h/', hedge: {after: 0s}}").starts_with("E107"));
  CHECK(only_message("{http: 'https://h/', hedge: {after: p99}}") == "E108 `p99` isn't known for `after` of `hedge` of job `a`");
  CHECK(only_message("{http: 'https://h/', hedge: {after: 1s, max: 0}}").starts_with("E107"));
  CHECK(only_message("{http: 'https://h/', hedge: {after: 1s, max: 11}}").starts_with("E107"));
  CHECK(shown(file_with("{http: 'https://h/', hegde: {after: 1s}}")).find("did you mean `hedge`?") != std::string::npos);
}

TEST_CASE("only what may be done twice is hedged: a job says so, the defaults leave others alone") {
  CHECK(only_message("{run: x, hedge: {after: 1s}}") == "E109 `hedge` would do a program twice in job `a`");
  CHECK(only_message("{http: {url: 'https://h/', method: POST}, hedge: {after: 1s}}") ==
        "E109 `hedge` would do a POST request twice in job `a`");
  CHECK(only_message("{sql: {dsn: x, query: select 1}, hedge: {after: 1s}}") ==
        "E109 `hedge` would do a statement twice in job `a`");
  CHECK(only_message("{http: 'https://h/', idempotent: false, hedge: {after: 1s}}") ==
        "E109 `hedge` beside `idempotent: false` in job `a`");
  for (const char* fine : {"{run: x, idempotent: true, hedge: {after: 1s}}",
                           "{sql: {dsn: x, query: select 1}, idempotent: true, hedge: {after: 1s}}",
                           "{http: {url: 'https://h/', method: POST, idempotency_key: auto}, hedge: {after: 1s}}",
                           "{http: {url: 'https://h/', method: PUT}, hedge: {after: 1s}}",
                           "{http: 'https://h/', foreach: {items: [1, 2]}, hedge: {after: 1s}}"}) {
    CHECK(hedge_of(job(fine)) != nullptr);
  }
  const JobFile file = load(
      "version: 1\ndefaults: {hedge: {after: 1s}}\njobs:\n  get: {http: 'https://h/'}\n"
      "  post: {http: {url: 'https://h/', method: POST}}\n  run: {run: x}\n  group: {gather: {jobs: {m: {http: "
      "'https://h/'}}}}\n");
  CHECK(hedge_of(file.top.jobs[0]) != nullptr);
  CHECK(most_attempts(file.top.jobs[0]) == 2);
  CHECK(hedge_of(file.top.jobs[1]) == nullptr);
  CHECK(most_attempts(file.top.jobs[1]) == 1);
  CHECK(hedge_of(file.top.jobs[2]) == nullptr);
  CHECK(hedge_of(file.top.jobs[3]) == nullptr);
  CHECK(hedge_of(std::get<std::unique_ptr<GatherSpec>>(file.top.jobs[3].action)->group->jobs[0]) != nullptr);
}

TEST_CASE("a hedge isn't for groups, for a terminal or for a file that two would write") {
  CHECK(only_message("{gather: {jobs: {m: {run: x}}}, hedge: {after: 1s}}").starts_with("E111"));
  CHECK(only_message("{sleep: 2s, hedge: {after: 1s}}").starts_with("E111"));
  CHECK(only_message("{run: x, idempotent: true, tty: true, hedge: {after: 1s}}") ==
        "E109 `hedge` beside `tty: true` in job `a`");
  CHECK(only_message("{run: x, idempotent: true, output: {file: f}, hedge: {after: 1s}}") ==
        "E109 `hedge` beside `output: {file: …}` in job `a`");
  CHECK(only_message("{http: {url: 'https://h/', save: {file: f, resume: true}}, hedge: {after: 1s}}") ==
        "E109 `hedge` beside `save: {resume: true}` in job `a`");
  CHECK(job_findings("{http: {url: 'https://h/', save: {file: f}}, hedge: {after: 1s}}").empty());
}

TEST_CASE("a hedge that could never begin is told") {
  CHECK(only_message("{http: 'https://h/', timeout: 1s, hedge: {after: 1s}}") ==
        "E118 `after` isn't shorter than `timeout` (1s) in job `a`");
  CHECK(only_message("{http: 'https://h/', total_timeout: 1s, hedge: {after: 2s}}").starts_with("E118"));
  CHECK(job_findings("{http: 'https://h/', timeout: 1s, hedge: {after: 999ms}}").empty());
}
