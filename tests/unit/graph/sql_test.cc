// What the keys of SQL statements come to. Knows nothing of databases.
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

const SqlSpec& sql_of(const Action& action) { return *std::get<std::unique_ptr<SqlSpec>>(action); }

}  // namespace

TEST_CASE("a statement with everything") {
  const Job it =
      job("{sql: {dsn: 'postgresql://h/${{ .vars.db }}', query: 'select $1, $2', params: [1, '${{ .vars.x }}', ~, {a: [b]}], "
          "max_rows: 10}, connect_timeout: 1s, idempotent: true}");
  const SqlSpec& spec = sql_of(it.action);
  CHECK(spec.dsn.text == "postgresql://h/${{ .vars.db }}");
  CHECK(spec.query == "select $1, $2");
  REQUIRE(spec.params.size() == 4);
  CHECK(to_json(spec.params[3]) == R"({"a":["b"]})");
  CHECK(spec.max_rows == 10);
}

TEST_CASE("a dsn for all statements") {
  const JobFile file = load(
      "version: 1\ndefaults: {sql: {dsn: 'host=all'}}\njobs:\n  a: {sql: {query: select 1}}\n"
      "  b: {sql: {dsn: 'host=own', query: select 1}}\n  c: {run: x, fallback: {sql: {query: select 1}}}\n");
  CHECK(sql_of(file.top.jobs[0].action).dsn.text == "host=all");
  CHECK(sql_of(file.top.jobs[1].action).dsn.text == "host=own");
  CHECK(sql_of(*file.top.jobs[2].fallback).dsn.text == "host=all");
  CHECK(job_findings("{sql: {query: select 1}}") == Lines{"3:12 E103 `dsn` is missing in `sql` of job `a`"});
  CHECK(job_findings("{run: x, fallback: {sql: {query: select 1}}}") ==
        Lines{"3:31 E103 `dsn` is missing in `sql` of `fallback` of job `a`"});
}

TEST_CASE("a value never becomes SQL") {
  CHECK(shown(file_with("{sql: {dsn: 'host=h', query: 'select ${{ .vars.x }}'}}")) ==
        "error[E113]: `query` of `sql` of job `a` holds an expression\n"
        " --> jobs.yml:3:35\n"
        "  |\n"
        "3 |   a: {sql: {dsn: 'host=h', query: 'select ${{ .vars.x }}'}}\n"
        "  |                                   ^^^^^^^^^^^^^^^^^^^^^^^ a value never becomes SQL\n"
        "  = help: pass values by `params`: `query: select * from t where id = $1`, `params: [\"${{ .vars.id }}\"]`\n");
}

TEST_CASE("statements that can't be") {
  CHECK(job_findings("{sql: {dsn: '', query: select 1}}").at(0).find(" E114 ") != std::string::npos);
  CHECK(job_findings("{sql: {dsn: 'host=h', query: ' ; '}}").at(0).find(" E114 ") != std::string::npos);
  CHECK(job_findings("{sql: {dsn: 'host=h'}}") == Lines{"3:12 E103 missing key `query` in `sql` of job `a`"});
  CHECK(job_findings("{sql: {dsn: 'host=h', query: select 1, params: 1}}").at(0).find(" E104 ") != std::string::npos);
  CHECK(job_findings("{sql: select 1}").at(0).find(" E104 ") != std::string::npos);
  CHECK(job_findings("{sql: {dsn: 'host=h', query: select 1}, expect: {status: 200}}").at(0).find(" E111 ") != std::string::npos);
}
