// Job files with SQL against a real PostgreSQL: what people see.
#include <signal.h>

#include <string>

#include "catch.h"
#include "corun_test.h"
#include "support/sql_server.h"

namespace {

corun::testing::Postgres& postgres() {
  static corun::testing::Postgres server;
  return server;
}

// A file whose statements go to the server; `jobs` are indented by two.
std::string file_for(const std::string& jobs) {
  return "version: 1\nvars: {name: \"O'Neil; drop table people\"}\ndefaults: {sql: {dsn: \"" + postgres().dsn() +
         "\"}, timeout: 30s}\njobs:\n" + jobs;
}

}  // namespace

TEST_CASE("A graph of statements") {
  CorunTest()
      .file("jobs.yaml", file_for(R"yaml(  create: {sql: {query: create table people (name text unique)}}
  add:
    needs: create
    sql: {query: insert into people values ($1), params: ["${{ .vars.name }}"]}
  again:
    needs: add
    sql: {query: insert into people values ($1), params: ["${{ .vars.name }}"]}
    retry: 3
    continue_on_error: true
  check:
    needs: {again: failed}
    sql: {query: select 1 / count(*) from people where name = $1, params: ["${{ .vars.name }}"]}
)yaml"))
      .args({"jobs.yaml"})
      .expect_stderr_parts({"ok <time> create\n", "ok <time> add\n",
                            "FAIL <time> again: SQLSTATE 23505: duplicate key value violates unique constraint",
                            "ok <time> check\n", "4 jobs: 3 ok"})
      .run();
}

TEST_CASE("A statement that takes too long has stopped on the server when its fallback asks") {
  CorunTest()
      .file("jobs.yaml", file_for(R"yaml(  slow:
    sql: {query: select pg_sleep(600)}
    timeout: 200ms
    fallback:
      sql:
        query: select 1 / (1 - count(*)) from pg_stat_activity where query like '%pg_sleep(600)' and state = 'active'
)yaml"))
      .args({"jobs.yaml"})
      .expect_stderr("[1/1] DEGRADED <time> slow: timed out after 200ms (fallback)\n1 job: 1 degraded in <time>\n")
      .run();
}

TEST_CASE("A thousand statements through eight connections") {
  std::string jobs = "  create: {sql: {query: create table backends (pid int)}}\n";
  std::string needs;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "s" + std::to_string(i);
    jobs += "  " + name + ": {needs: create, sql: {query: insert into backends values (pg_backend_pid())}}\n";
    needs += (needs.empty() ? "" : ", ") + name;
  }
  // Divides by zero unless all have arrived, through eight connections at most.
  jobs += "  count:\n    needs: [" + needs +
          "]\n    sql:\n      query: select 1 / (case when count(*) = 1000 and count(distinct pid) <= 8 then 1 else 0 end) "
          "from backends\n";
  CorunTest()
      .file("jobs.yaml", file_for(jobs))
      .args({"jobs.yaml", "--max-http", "8"})
      .expect_stderr_parts({"1002 jobs: 1002 ok"})
      .run();
}

TEST_CASE("An interrupt ends the statement on the server") {
  CorunTest()
      .file("jobs.yaml", file_for(R"yaml(  slow: {sql: {query: select pg_sleep(601)}}
  seen:
    sql:
      query: |
        do $$ begin
          while not exists (select from pg_stat_activity where query like '%pg_sleep(601)' and state = 'active') loop
            perform pg_sleep(0.01), pg_stat_clear_snapshot();
          end loop;
        end $$
  interrupt: {needs: seen, run: kill -INT $PPID}
)yaml"))
      .args({"jobs.yaml", "-j4"})
      .expect_signal(SIGINT)
      .expect_stderr_parts({"CANCEL <time> slow: interrupted"})
      .run();
  CorunTest()
      .file("jobs.yaml", file_for(R"yaml(  ask:
    sql:
      query: select 1 / (1 - count(*)) from pg_stat_activity where query like '%pg_sleep(601)' and state = 'active'
)yaml"))
      .args({"jobs.yaml", "-q"})
      .run();
}

TEST_CASE("What had no effect and may pass is tried again; what may have had one isn't") {
  CorunTest()
      .file("jobs.yaml", R"yaml(version: 1
jobs:
  refused:
    sql: {dsn: "postgresql://127.0.0.1:1/x", query: select 1}
    retry: {attempts: 2, delay: 1ms}
)yaml")
      .args({"jobs.yaml", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"refused: connection to server at \"127.0.0.1\", port 1 failed: Connection refused (attempt 2 of 2)"})
      .run();
  CorunTest()
      .file("jobs.yaml", file_for(R"yaml(  ended:
    sql: {query: "select pg_terminate_backend(pg_backend_pid()), pg_sleep(600)"}
    retry: {attempts: 2, delay: 1ms}
  late:
    needs: {ended: done}
    sql: {query: select pg_sleep(0.05)}
    expect: {max_time: 1ms}
    retry: {attempts: 2, delay: 1ms, on: {expect: true}}
)yaml"))
      .args({"jobs.yaml", "-qq"})
      .expect_exit(1)
      .expect_stderr_parts({"ended: SQLSTATE 57P01: terminating connection due to administrator command (attempt 2 of 2)",
                            "late: took ", "(the request may have been sent and isn't known to be idempotent)"})
      .run();
}

TEST_CASE("A plan shows statements, and no password") {
  const std::string file = R"yaml(version: 1
vars: {id: 7}
jobs:
  a:
    sql:
      dsn: postgresql://me:s3cret@db.example.com/shop
      query: |
        select *
          from orders where id = $1
      params: ["${{ .vars.id }}", null]
)yaml";
  CorunTest()
      .file("jobs.yaml", file)
      .args({"plan", "jobs.yaml", "-j3"})
      .expect_stdout(R"yaml(jobs: 1 job in 1 wave, at most 3 processes and 256 requests at once

1  a
     sql postgresql://me:***@db.example.com/shop: select * from orders where id = $1  [7, null]
)yaml")
      .run();
  CorunTest()
      .file("jobs.yaml", file)
      .args({"plan", "jobs.yaml", "-o", "json", "-j3"})
      .expect_stdout_parts({R"yaml("sql":{"dsn":"postgresql://me:***@db.example.com/shop","query":"select *\n  from orders )yaml",
                            R"yaml("params":[7,null],"max_rows":100000},"policies")yaml"})
      .run();
}
