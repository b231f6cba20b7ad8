// `hedge` as users meet it: against a server whose first answer doesn't come, with processes that ignore TERM, in reports and
// past runs.
#include <string>

#include "catch.h"
#include "corun_test.h"
#include "support/http_servers.h"

namespace {

using corun::testing::Connection;
using corun::testing::ScriptedServer;

// The first connection gets no answer; the server goes on when its client has closed it.
ScriptedServer::Script slow_once(const std::string& body) {
  return [body](Connection& connection, int number) {
    connection.read_request();
    if (number == 0) return connection.wait_for_close();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
  };
}

}  // namespace

TEST_CASE("a second request wins where the first isn't answered; all reports say so") {
  const ScriptedServer server(slow_once("hello\n"));
  CorunTest()
      .file("jobs.yaml", "version: 1\njobs:\n  a:\n    http: {url: \"" + server.url() +
                             "\", save: {file: out.txt}}\n    hedge: {after: 20ms}\n    outputs: {n: .attempts}\n"
                             "outputs: {n: .jobs.a.outputs.n}\n")
      .args({"run", "jobs.yaml", "-o", "ndjson", "-v"})
      .expect_stdout_parts(
          {R"("type":"attempt.start","job":"a","attempt":1,"attempts":2})",
           R"("type":"attempt.start","job":"a","attempt":2,"attempts":2,"hedge":true})",
           R"("type":"attempt.end","job":"a","attempt":2,"attempts":2,"ok":true,)", R"("hedge":true,"won":true})",
           R"("type":"attempt.end","job":"a","attempt":1,"attempts":2,"ok":false,"kind":"cancelled",)", R"("lost":true})",
           R"("state":"succeeded","attempts":2,)", R"("decided_by":2})", R"("outputs":{"n":2})"})
      .expect_stderr_parts({"event=hedge_start", "event=job_end state=succeeded decided_by=2"})
      .expect_file("out.txt", "hello\n")
      .run();
}

TEST_CASE("the program that loses is killed if it has to be; the log has each one's words by themselves") {
  CorunTest test;
  test.file("jobs.yaml", R"(version: 1
jobs:
  a:
    run: |
      if [ "$CORUN_ATTEMPT" = 1 ]; then trap '' TERM; echo $$ > pid; printf first; sleep 60 & wait; fi
      while [ ! -s pid ]; do sleep 0.01; done
      echo second; echo more >&2
    shell: sh
    idempotent: true
    hedge: {after: 50ms}
    stop: {grace: 50ms}
  b: {needs: a, run: 'echo "got ${{ .jobs.a.lines | length }}, ${{ .jobs.a.attempts }} attempts"; kill -0 $(cat pid) 2>&- || echo gone; rm pid'}
)")
      .args({"run", "jobs.yaml"})
      .expect_stdout("first\nsecond\nmore\ngot 1, 2 attempts\ngone\n")
      .expect_stderr("[1/2] ok <time> a (attempt 2 of 2 won)\n[2/2] ok <time> b\n2 jobs: 2 ok in <time>\n")
      .run();
  test.args({"logs", "a", "--attempt", "2"}).expect_stdout("second\nmore\n").run();
  test.args({"logs", "a", "--attempt", "1"}).expect_stdout("first").run();
  test.args({"report", "--json", "-"})
      .expect_stdout_parts({R"("attempts":[{"number":1,)", R"("kind":"cancelled","reason":"lost race","lost":true)",
                            R"({"number":2,)", R"("kind":"none","hedge":true,"output":"second\nmore\n"}])"})
      .run();
}

TEST_CASE("the first program wins: what the other has written is nobody's") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  a:
    run: |
      if [ "$CORUN_ATTEMPT" = 2 ]; then echo second; echo > go; sleep 60; fi
      while [ ! -e go ]; do sleep 0.01; done
      rm go; echo first
    idempotent: true
    cache: {}
    hedge: {after: 20ms}
  b: {needs: a, run: 'printf %s "${{ .jobs.a.stdout }}"'}
)")
      .args({"run", "jobs.yaml"})
      .expect_stdout("first\nfirst\n")
      .expect_stderr("[1/2] ok <time> a (attempt 1 of 2 won)\n[2/2] ok <time> b\n2 jobs: 2 ok in <time>\n")
      .run();
}

TEST_CASE("both fail: it is the first one's failure, and no flaky success") {
  CorunTest()
      .file("jobs.yaml", R"(version: 1
jobs:
  a:
    run: |
      if [ "$CORUN_ATTEMPT" = 2 ]; then echo > go; exit 4; fi
      while [ ! -e go ]; do sleep 0.01; done
      rm go; exit 3
    idempotent: true
    hedge: {after: 20ms}
)")
      .args({"run", "jobs.yaml", "-q", "--no-state"})
      .expect_exit(1)
      .expect_stderr_parts({"FAIL", "a: exit code 3"})
      .run();
}

TEST_CASE("p95 needs twenty earlier times: a plan says what is known, and a run has its hedge then") {
  CorunTest test;
  test.file("jobs.yaml", R"(version: 1
jobs:
  a:
    foreach: {items: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}
    run: if [ -e slow ] && [ "$CORUN_ATTEMPT" = 1 ]; then sleep 60; fi
    idempotent: true
    hedge: {after: p95}
)");
  test.args({"plan", "jobs.yaml"}).expect_stdout_parts({"hedge after p95 (off: 0 earlier times are known, 20 are needed)"}).run();
  for (int i = 0; i < 2; ++i) {
    test.args({"run", "jobs.yaml", "-v"}).expect_stderr_parts({"not hedged: too few earlier times are known for p95"}).run();
  }
  test.args({"plan", "jobs.yaml"}).expect_stdout_parts({"hedge after p95 (", "s, of 22 earlier times)"}).run();
  test.args({"plan", "jobs.yaml", "-o", "json"})
      .expect_stdout_parts({R"("hedge":{"after":"p95","earlier_times":22,"p95":)"})
      .run();
  test.file("slow", "").args({"run", "jobs.yaml", "-qq", "-j", "100"}).run();
}
