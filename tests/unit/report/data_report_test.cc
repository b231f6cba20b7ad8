// The event stream, the JSON document and log lines.
#include <algorithm>

#include "catch.h"
#include "report/json_object.h"
#include "report/json_report.h"
#include "report/log_lines.h"
#include "report/ndjson.h"
#include "report/tee_report.h"
#include "run_world.h"

using namespace corun;

namespace {

const std::string kHead = R"("ts":"2026-01-01T00:00:00.000Z","run":"run-1",)";

std::string after_head(const std::string& text) {
  std::string out;
  for (std::size_t at = text.find(kHead); at != std::string::npos; at = text.find(kHead, at + 1)) {
    out += text.substr(at + kHead.size(), text.find('\n', at) - at - kHead.size()) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("Durations in JSON are seconds without needless digits") {
  std::string out;
  JsonObject object(out);
  object.seconds("a", 0s);
  object.seconds("b", 1500ms);
  object.seconds("c", 1us);
  object.seconds("d", 1h);
  object.end();
  CHECK(out == R"({"a":0,"b":1.5,"c":0.000001,"d":3600})");
}

TEST_CASE("Events carry version, number, time, run and type") {
  MemoryFile file;
  OutputStream stream(file.fd());
  const StillClock clock(4.5);
  NdjsonReport report(stream, clock);
  RunWorld world(report, {"a"});
  world.set_attempts("a", 2);
  world.begin();
  world.start("a", 3.412);
  Outcome outcome;
  outcome.kind = FailureKind::signal;
  outcome.signal = 9;
  report.retry_wait(RetryWait{world.job("a"), 1, 2, 1600ms, outcome, RunWorld::time(4)});
  report.breaker(BreakerChange{"api", "closed", "open", 30s, RunWorld::time(4)});
  report.warning("careful");
  world.fail("a", 5, 3);
  world.finish(5, 1, CancelReason::fail_fast);
  CHECK(
      file.text() ==
      R"({"v":1,"seq":1,"ts":"2026-01-01T00:00:00.000Z","run":"run-1","type":"run.start","file":"jobs.yaml","name":"jobs","jobs":1}
{"v":1,"seq":2,"ts":"2026-01-01T00:00:03.412Z","run":"run-1","type":"job.state","job":"a","state":"running"}
{"v":1,"seq":3,"ts":"2026-01-01T00:00:03.412Z","run":"run-1","type":"attempt.start","job":"a","attempt":1,"attempts":2}
{"v":1,"seq":4,"ts":"2026-01-01T00:00:04.000Z","run":"run-1","type":"retry.wait","job":"a","attempt":1,"attempts":2,"delay":1.6,"kind":"signal","reason":"ended by signal 9","signal":9}
{"v":1,"seq":5,"ts":"2026-01-01T00:00:04.000Z","run":"run-1","type":"breaker","breaker":"api","from":"closed","to":"open","open_for":30}
{"v":1,"seq":6,"ts":"2026-01-01T00:00:04.500Z","run":"run-1","type":"warning","message":"careful"}
{"v":1,"seq":7,"ts":"2026-01-01T00:00:05.000Z","run":"run-1","type":"job.state","job":"a","state":"failed","attempts":1,"elapsed":1.588,"kind":"exit_code","reason":"exit code 3","exit_code":3}
{"v":1,"seq":8,"ts":"2026-01-01T00:00:05.000Z","run":"run-1","type":"run.end","exit_code":1,"elapsed":5,"stopped":"stopped by an earlier failure","counts":{"total":1,"succeeded":0,"degraded":0,"failed":1,"timed_out":0,"rejected":0,"cancelled":0,"skipped":0,"allowed":0}}
)");
}

TEST_CASE("Output events: characters cut by a chunk's end come whole") {
  MemoryFile file;
  OutputStream stream(file.fd());
  const StillClock clock(4.5);
  NdjsonReport report(stream, clock);
  RunWorld world(report, {"a"});
  world.begin();
  world.output("a", "caf\xc3");
  world.output("a", "err \xe2\x82", 0, Stream::standard_error);
  world.output("a", "\xa9!\n");
  world.output("a", "\xff\xf0\x9f");
  world.end("a", JobState::succeeded, 0);
  report.flush();
  CHECK(after_head(file.text()) ==
        R"("type":"run.start","file":"jobs.yaml","name":"jobs","jobs":1}
"type":"output","job":"a","stream":"stdout","text":"caf"}
"type":"output","job":"a","stream":"stderr","text":"err "}
"type":"output","job":"a","stream":"stdout","text":"é!\n"}
"type":"output","job":"a","stream":"stdout","text":"�"}
"type":"output","job":"a","stream":"stdout","text":"��"}
"type":"output","job":"a","stream":"stderr","text":"��"}
"type":"job.state","job":"a","state":"succeeded","attempts":0,"elapsed":0}
)");
}

TEST_CASE("The JSON document holds every job that had its end") {
  MemoryFile file;
  OutputStream stream(file.fd());
  JsonReport report(stream);
  RunWorld world(report, {"a", "left-out", "b"});
  world.begin();
  world.start("a", 1);
  world.output("a", "text");
  world.end("a", JobState::succeeded, 2.5);
  world.skip("b", "needs `x`", 3);
  CHECK(file.text().empty());
  world.finish(3, 0);
  CHECK(
      file.text() ==
      R"({"v":1,"run":"run-1","file":"jobs.yaml","name":"jobs","started":"2026-01-01T00:00:00.000Z","elapsed":3,"exit_code":0,"stopped":null,)"
      R"("counts":{"total":2,"succeeded":1,"degraded":0,"failed":0,"timed_out":0,"rejected":0,"cancelled":0,"skipped":1,"allowed":0},)"
      R"("jobs":{"a":{"state":"succeeded","attempts":1,"started":"2026-01-01T00:00:01.000Z","wait":1,"elapsed":1.5,"user":0,"system":0,)"
      R"("max_rss_kib":0,"log":"/logs/a.log"},"b":{"state":"skipped","attempts":0,"reason":"needs `x`"}}})"
      "\n");
}

TEST_CASE("Log lines: time, level, keys, quoted where needed") {
  MemoryFile file;
  OutputStream stream(file.fd());
  const StillClock clock(5.5);
  LogLines report(stream, clock, false);
  RunWorld world(report, {"a", "b"});
  world.set_attempts("a", 4);
  world.begin();
  world.start("a", 1);
  Outcome outcome;
  outcome.kind = FailureKind::http_status;
  outcome.message = "HTTP 503";
  report.retry_wait(RetryWait{world.job("a"), 2, 4, 1600ms, outcome, RunWorld::time(3.412)});
  world.end("a", JobState::failed, 5, outcome);
  report.breaker(BreakerChange{"api", "closed", "open", 30s, RunWorld::time(5)});
  report.stopping(CancelReason::interrupted, 1);
  world.finish(6, 1);
  CHECK(file.text() == R"(2026-01-01T00:00:00.000Z INFO run=run-1 event=run_start file=jobs.yaml jobs=2
2026-01-01T00:00:03.412Z WARN run=run-1 job=a attempt=2/4 event=retry delay=1.6s reason="HTTP 503"
2026-01-01T00:00:05.000Z ERROR run=run-1 job=a attempt=1/4 event=job_end state=failed elapsed=4.0s reason="HTTP 503"
2026-01-01T00:00:05.000Z WARN run=run-1 event=breaker breaker=api from=closed to=open open_for=30s
2026-01-01T00:00:05.500Z WARN run=run-1 event=stopping reason=interrupted running=1
2026-01-01T00:00:06.000Z ERROR run=run-1 event=run_end exit_code=1 elapsed=6.0s
)");
}

TEST_CASE("Debug lines say what starts too") {
  MemoryFile file;
  OutputStream stream(file.fd());
  const StillClock clock(5.5);
  LogLines report(stream, clock, true);
  RunWorld world(report, {"a"});
  world.begin();
  world.start("a", 1);
  report.flush();
  CHECK(file.text().find("DEBUG run=run-1 job=a attempt=1/1 event=job_state state=running\n") != std::string::npos);
  CHECK(file.text().find("DEBUG run=run-1 job=a attempt=1/1 event=attempt_start\n") != std::string::npos);
}

TEST_CASE("Several reports are told the same") {
  MemoryFile first;
  MemoryFile second;
  OutputStream one(first.fd());
  OutputStream two(second.fd());
  const StillClock clock(0.5);
  NdjsonReport a(one, clock);
  NdjsonReport b(two, clock);
  TeeReport tee({&a, &b});
  RunWorld world(tee, {"x"});
  world.begin();
  world.start("x", 0);
  world.output("x", "text\n");
  tee.breaker(BreakerChange{"api", "closed", "open", 30s, RunWorld::time(0)});
  tee.warning("w");
  tee.stopping(CancelReason::interrupted, 1);
  world.end("x", JobState::cancelled, 1);
  world.finish(1, 130);
  CHECK(first.text() == second.text());
  const std::string text = first.text();
  CHECK(std::count(text.begin(), text.end(), '\n') == 9);
}
