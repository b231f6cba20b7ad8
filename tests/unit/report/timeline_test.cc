// A run's timeline: what is written down of attempts, pauses, outputs and items, and its JSON.
#include <string>

#include "catch.h"
#include "report/timeline_json.h"
#include "report/timeline_recorder.h"
#include "run_world.h"

using namespace corun;

namespace {

Duration seconds(double count) { return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(count)); }

void fail_attempt(TimelineRecorder& recorder, RunWorld& world, const std::string& name, double at, double pause) {
  Outcome outcome;
  outcome.kind = FailureKind::exit_code;
  outcome.exit_code = 7;
  outcome.message = "exit code 7";
  const ResourceUsage usage;
  const TimePoint time = RunWorld::time(at);
  const Job& job = world.job(name);
  recorder.attempt_end(AttemptEnd{job, world.result(name).attempts, 3, outcome, Duration(0), usage, time});
  recorder.retry_wait(RetryWait{job, world.result(name).attempts, 3, seconds(pause), outcome, time});
}

}  // namespace

TEST_CASE("A timeline has each attempt, the pauses between them and what was written") {
  TimelineRecorder recorder;
  RunWorld world(recorder, {"fetch", "left out"});
  world.begin();
  world.start("fetch", 1);
  world.output("fetch", "refused\n");
  fail_attempt(recorder, world, "fetch", 2, 0.5);
  world.start("fetch", 2.5, 2);
  world.output("fetch", "hello\n");
  world.end("fetch", JobState::succeeded, 4);
  world.finish(4, 0);

  const RunTimeline& timeline = recorder.timeline();
  CHECK(timeline.id == "run-1");
  CHECK(timeline.elapsed == seconds(4));
  CHECK(timeline.exit_code == 0);
  REQUIRE(timeline.jobs.size() == 1);  // what never ran isn't in it
  const TimelineJob& fetch = timeline.jobs.front();
  CHECK(fetch.state == JobState::succeeded);
  CHECK(fetch.started == seconds(1));
  CHECK(fetch.ended == seconds(4));
  CHECK(fetch.output == "refused\nhello\n");
  CHECK(fetch.log == "/logs/fetch.log");
  REQUIRE(fetch.attempts.size() == 2);
  CHECK(fetch.attempts[0].kind == FailureKind::exit_code);
  CHECK(fetch.attempts[0].reason == "exit code 7");
  CHECK(fetch.attempts[0].ended == seconds(2));
  CHECK(fetch.attempts[0].pause == seconds(0.5));
  CHECK(fetch.attempts[0].output == "refused\n");
  CHECK(fetch.attempts[1].started == seconds(2.5));
}

TEST_CASE("Attempts that were rejected, a fallback and callbacks are in a timeline") {
  TimelineRecorder recorder;
  RunWorld world(recorder, {"fetch", "last"});
  const ResourceUsage usage;
  Outcome open;
  open.kind = FailureKind::breaker_open;
  open.message = "breaker `b` is open";
  world.begin();
  // The second attempt is rejected, then it goes on; the fallback comes after the third.
  world.start("fetch", 1);
  fail_attempt(recorder, world, "fetch", 2, 0.5);
  world.result("fetch").attempts = 2;
  recorder.retry_wait(RetryWait{world.job("fetch"), 2, 3, seconds(1), open, RunWorld::time(2.5)});
  world.start("fetch", 4, 3);
  fail_attempt(recorder, world, "fetch", 5, 0);
  recorder.attempt_start(AttemptStart{world.job("fetch"), 4, 3, RunWorld::time(6)});
  recorder.attempt_end(AttemptEnd{world.job("fetch"), 4, 3, Outcome(), seconds(1), usage, RunWorld::time(7)});
  Outcome failed;
  failed.kind = FailureKind::exit_code;
  failed.exit_code = 7;
  recorder.callback_end(CallbackEnd{world.job("fetch"), "on_success", Outcome(), RunWorld::time(7), RunWorld::time(8), "ab"});
  recorder.callback_end(CallbackEnd{world.job("fetch"), "finally", failed, RunWorld::time(8), RunWorld::time(9)});
  world.end("fetch", JobState::degraded, 9);
  world.start("last", 1);
  fail_attempt(recorder, world, "last", 2, 0.5);
  world.result("last").attempts = 2;
  world.end("last", JobState::rejected, 2.5, open);
  world.finish(9, 1);

  const TimelineJob& fetch = recorder.timeline().jobs.front();
  REQUIRE(fetch.attempts.size() == 4);
  CHECK(fetch.attempts[1].number == 2);
  CHECK(fetch.attempts[1].kind == FailureKind::breaker_open);
  CHECK(fetch.attempts[1].reason == "breaker `b` is open");
  CHECK(fetch.attempts[1].started == seconds(2.5));
  CHECK(fetch.attempts[1].ended == seconds(2.5));
  CHECK(fetch.attempts[1].pause == seconds(1));
  CHECK(fetch.attempts[0].pause == seconds(0.5));
  CHECK_FALSE(fetch.attempts[2].is_fallback);
  CHECK(fetch.attempts[3].is_fallback);
  REQUIRE(fetch.callbacks.size() == 2);
  CHECK(fetch.callbacks[0].name == "on_success");
  CHECK(fetch.callbacks[0].started == seconds(7));
  CHECK(fetch.callbacks[0].span == "ab");
  CHECK(fetch.callbacks[0].reason.empty());
  CHECK(fetch.callbacks[1].reason == "exit code 7");
  CHECK(fetch.callbacks[1].ended == seconds(9));
  const TimelineJob& last = recorder.timeline().jobs.back();
  REQUIRE(last.attempts.size() == 2);
  CHECK(last.attempts[1].kind == FailureKind::breaker_open);
  CHECK(last.attempts[1].started == seconds(2.5));
}

TEST_CASE("Of a job that its group runs again a timeline has the last time") {
  TimelineRecorder recorder;
  RunWorld world(recorder, {"a"});
  world.begin();
  world.start("a", 1);
  world.fail("a", 2);
  world.ready("a", 3);
  world.start("a", 3);
  world.end("a", JobState::succeeded, 4);
  world.finish(4, 0);
  REQUIRE(recorder.timeline().jobs.front().attempts.size() == 1);
  CHECK(recorder.timeline().jobs.front().attempts.front().started == seconds(3));
}

TEST_CASE("What is told without a time gets that of the clock") {
  const StillClock clock(5);
  TimelineRecorder recorder(&clock);
  RunWorld world(recorder, {"a"});
  world.begin();
  world.start("a", 1);
  recorder.stopping(CancelReason::run_timeout, 1);
  recorder.warning("careful");
  REQUIRE(recorder.timeline().events.size() == 2);
  CHECK(recorder.timeline().events[0].at == seconds(5));
  CHECK(recorder.timeline().events[1].at == seconds(5));
}

TEST_CASE("Of long outputs a timeline has the end") {
  TimelineRecorder recorder;
  RunWorld world(recorder, {"good", "bad"});
  world.begin();
  for (const char* name : {"good", "bad"}) {
    world.start(name, 0);
    world.output(name, std::string(100'000, 'x') + "end");
  }
  world.end("good", JobState::succeeded, 1);
  world.fail("bad", 1);
  world.finish(1, 1);
  for (const TimelineJob& job : recorder.timeline().jobs) {
    CHECK(job.output.size() == (job.name == "good" ? 8192U : 65536U));
    CHECK(job.output.ends_with("xend"));
    CHECK(job.output_before + job.output.size() == 100'003);
  }
}

TEST_CASE("A timeline as JSON") {
  RunTimeline timeline;
  timeline.id = "r";
  timeline.name = "n";
  timeline.file = "f.yaml";
  timeline.elapsed = seconds(2);
  timeline.exit_code = 1;
  timeline.verdict = "failed";
  TimelineJob& job = timeline.jobs.emplace_back();
  job.name = "a\"b";
  job.tags = {"x", "y"};
  job.needs = {3, 4};
  job.state = JobState::failed;
  job.kind = FailureKind::exit_code;
  job.exit_code = 3;
  job.reason = "exit code 3";
  job.started = seconds(0.25);
  job.ended = seconds(2);
  job.attempt_count = 1;
  TimelineAttempt& attempt = job.attempts.emplace_back();
  attempt.started = seconds(0.25);
  attempt.ended = seconds(2);
  attempt.kind = FailureKind::exit_code;
  attempt.reason = "exit code 3";
  timeline.events.push_back({seconds(1), "breaker `api` is open"});
  CHECK(
      timeline_json(timeline) ==
      R"({"v":1,"run":"r","name":"n","file":"f.yaml","started":"1970-01-01T00:00:00.000Z","elapsed":2,"exit_code":1,)"
      R"("verdict":"failed","jobs":[{"name":"a\"b","tags":["x","y"],"needs":[3,4],"state":"failed","failure":true,"kind":"exit_code",)"
      R"("exit_code":3,"reason":"exit code 3","ready":0,"started":0.25,"ended":2,"attempt_count":1,"attempts":[{"number":1,)"
      R"("started":0.25,"ended":2,"kind":"exit_code","reason":"exit code 3"}]}],"events":[{"at":1,"text":"breaker `api` is open"}]})");
}

TEST_CASE("A timeline tells attempts beside each other apart, whichever ends first") {
  TimelineRecorder recorder;
  RunWorld world(recorder, {"fetch"});
  world.begin();
  world.start("fetch", 1);
  const Job& job = world.job("fetch");
  recorder.attempt_start(AttemptStart{job, 2, 2, RunWorld::time(2), {}, true});
  world.result("fetch").attempts = 2;
  const ResourceUsage usage;
  const Outcome fine;
  recorder.attempt_end(AttemptEnd{job, 2, 2, fine, seconds(1), usage, RunWorld::time(3), true, true, false});
  Outcome lost;
  lost.kind = FailureKind::cancelled;
  lost.cancel_reason = CancelReason::lost_race;
  recorder.attempt_end(AttemptEnd{job, 1, 2, lost, seconds(2.5), usage, RunWorld::time(3.5), false, false, true});
  world.end("fetch", JobState::succeeded, 3.5);
  world.finish(4, 0);
  const std::vector<TimelineAttempt>& attempts = recorder.timeline().jobs.at(0).attempts;
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].lost);
  CHECK_FALSE(attempts[0].beside);
  CHECK(attempts[0].ended == seconds(3.5));
  CHECK(attempts[1].beside);
  CHECK_FALSE(attempts[1].lost);
  CHECK(attempts[1].kind == FailureKind::none);
  CHECK(attempts[1].ended == seconds(3));
}
