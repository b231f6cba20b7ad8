// One job's life: timeouts, retries, breaker, limits, fallback, in the order of resilience.md §5; vector 21.
#include "catch.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

TEST_CASE("retries pause by the backoff and stop with the first success") {
  World world;
  Job& job = world.add("a", {{10ms, 1}, {10ms, 1}, {10ms, 0}});
  Policies& policies = world.policies(job);
  policies.retry.attempts = 5;
  policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
  world.run();
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.result("a").attempts == 3);
  CHECK(world.ended("a") == 10ms + 500ms + 10ms + 1s + 10ms);
  CHECK(world.report.lines == std::vector<std::string>{"a ready", "a running", "a retrying", "a retry 500ms", "a running",
                                                       "a retrying", "a retry 1s", "a running", "a succeeded"});
}

TEST_CASE("the attempt's timeout is retried, excludes queueing, and completion at the deadline counts") {
  World world;
  Job& job = world.add("a", {{2s, 0}, {1s, 0}});
  Policies& policies = world.policies(job);
  policies.timeout = 1s;
  policies.retry.attempts = 2;
  policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
  world.run();
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.result("a").attempts == 2);
  CHECK(world.ended("a") == 1s + 500ms + 1s);
}

TEST_CASE("total_timeout ends everything, and the fallback follows") {
  World world;
  Job& job = world.add("a", {{1s, 1}});
  Policies& policies = world.policies(job);
  policies.total_timeout = 2500ms;
  policies.timeout = 2s;
  policies.retry.attempts = 100;
  policies.retry.backoff.kind = BackoffSettings::Kind::constant;
  policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
  SECTION("in an attempt") {
    world.executor.scripts["a"] = {{10s, 1}};
    policies.timeout.reset();
    world.run();
    CHECK(world.result("a").state == JobState::timed_out);
    CHECK(world.result("a").outcome.kind == FailureKind::total_timeout);
    CHECK(world.ended("a") == 2500ms);
  }
  SECTION("no pause is slept that would end after it") {
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.result("a").attempts == 2);
    CHECK(world.ended("a") == 2500ms);
  }
  SECTION("fallback") {
    world.executor.scripts["a"] = {{10s, 1}};
    policies.timeout.reset();
    job.fallback = std::make_unique<Action>(std::make_unique<OutputSpec>());
    world.run();
    CHECK(world.result("a").state == JobState::degraded);
    CHECK(world.result("a").outcome.kind == FailureKind::total_timeout);
  }
}

TEST_CASE("queue_timeout counts from ready to dispatched") {
  World world;
  world.settings.process_slots = 2;
  world.add("a", {{10s, 0}});
  world.add("b", {{10s, 0}});
  Job& job = world.add("c", {{1s, 0}});
  world.policies(job).queue_timeout = 3s;
  world.run();
  CHECK(world.result("c").state == JobState::timed_out);
  CHECK(world.result("c").outcome.kind == FailureKind::queue_timeout);
  CHECK(world.ended("c") == 3s);
  CHECK(world.executor.calls.count("c") == 0);
}

TEST_CASE("a fallback makes a job degraded, a success for its dependents, and not after a cancellation") {
  World world;
  Job& job = world.add("a", {{1s, 1}});
  auto fallback = std::make_unique<RunSpec>();
  fallback->argv.push_back(Text{"scripted", {}});
  job.fallback = std::make_unique<Action>(std::move(fallback));
  SECTION("succeeding") {
    world.executor.scripts["a"] = {{1s, 1}, {1s, 0}};
    world.add("b", {{1s, 0}}, {0});
    world.run();
    CHECK(world.result("a").state == JobState::degraded);
    CHECK(world.result("a").outcome.kind == FailureKind::exit_code);
    CHECK(world.result("b").state == JobState::succeeded);
  }
  SECTION("failing") {
    world.executor.scripts["a"] = {{1s, 7}, {1s, 8}};
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.result("a").outcome.exit_code == 7);
  }
  SECTION("the job's `expect` isn't asked") {
    world.executor.scripts["a"] = {{1s, 1}, {1s, 0}};
    Policies& policies = world.policies(job);
    policies.expect.exit_codes = {{3, 3}};
    policies.expect.max_time = 500ms;
    world.run();
    CHECK(world.result("a").state == JobState::degraded);
  }
  SECTION("cancelled") {
    world.settings.timeout = 500ms;
    world.run();
    CHECK(world.result("a").state == JobState::cancelled);
    CHECK(world.executor.calls["a"] == 1);
    CHECK(world.outcome.stopped == CancelReason::run_timeout);
  }
}

TEST_CASE("a code that is refused by `expect` alone says so") {
  World world;
  world.policies(world.add("listed", {{1ms, 0}})).expect.exit_codes = {{3, 3}};
  world.add("plain", {{1ms, 4}});
  world.run();
  CHECK(world.result("listed").outcome.message == "exit code 0, which `expect` doesn't list");
  CHECK(world.result("plain").outcome.message == "exit code 4");
}

TEST_CASE("vector 21: retry 3 around a breaker that trips after 1: 3 attempts, 1 call") {
  World world;
  BreakerSettings breaker;
  breaker.consecutive = 1;
  world.file.breakers.push_back({"db", {}, breaker});
  Job& job = world.add("a", {{1ms, 1}});
  Policies& policies = world.policies(job);
  policies.breaker = 0;
  policies.retry.attempts = 3;
  world.run();
  CHECK(world.result("a").attempts == 3);
  CHECK(world.executor.calls["a"] == 1);
  CHECK(world.result("a").state == JobState::rejected);
}

TEST_CASE("vector 21: retry 7 around rate 3/s: 7 attempts, 3 calls at once") {
  World world;
  LimitSettings limit;
  limit.rate_count = 3;
  limit.burst = 3;
  world.file.limits.push_back({"api", {}, limit});
  Job& job = world.add("a", {{0ms, 1}});
  Policies& policies = world.policies(job);
  policies.limits = {0};
  policies.retry.attempts = 7;
  policies.retry.backoff.delay = 0s;
  world.run();
  CHECK(world.result("a").attempts == 7);
  CHECK(world.executor.calls["a"] == 7);
  int at_once = 0;
  for (const auto& start : world.executor.starts) at_once += static_cast<int>(start.second == 0s);
  CHECK(at_once == 3);
}

TEST_CASE("a limit's concurrency holds, first come first served, and -j beside it") {
  World world;
  LimitSettings limit;
  limit.concurrency = 2;
  world.file.limits.push_back({"api", {}, limit});
  for (int i = 0; i < 6; ++i) world.policies(world.add("j" + std::to_string(i), {{1s, 0}})).limits = {0};
  world.run();
  CHECK(world.executor.most_running == 2);
  CHECK(world.ended("j5") == 3s);
  for (std::size_t i = 0; i < 6; ++i) CHECK(world.executor.starts[i].first == "j" + std::to_string(i));
}

TEST_CASE("a full queue rejects, and the breaker and rate aren't charged") {
  World world;
  LimitSettings limit;
  limit.concurrency = 1;
  limit.max_queue = 1;
  world.file.limits.push_back({"api", {}, limit});
  for (int i = 0; i < 3; ++i) world.policies(world.add("j" + std::to_string(i), {{1s, 0}})).limits = {0};
  world.run();
  CHECK(world.result("j0").state == JobState::succeeded);
  CHECK(world.result("j1").state == JobState::succeeded);
  CHECK(world.result("j2").state == JobState::rejected);
  CHECK(world.result("j2").outcome.kind == FailureKind::limit_full);
}

TEST_CASE("a job that waits for a limit holds neither a slot nor another limit") {
  World world;
  world.settings.process_slots = 2;
  LimitSettings one;
  one.concurrency = 1;
  world.file.limits.push_back({"x", {}, one});
  world.policies(world.add("x1", {{10s, 0}})).limits = {0};
  world.policies(world.add("x2", {{10s, 0}})).limits = {0};
  world.add("free", {{1s, 0}});
  world.run();
  CHECK(world.ended("free") == 1s);
  CHECK(world.ended("x2") == 20s);
}

TEST_CASE("a rate is kept even when slots come free in bursts") {
  World world;
  world.settings.process_slots = 2;
  LimitSettings rate;
  rate.rate_count = 1;
  rate.burst = 1;
  world.file.limits.push_back({"api", {}, rate});
  world.add("long", {{5s, 0}});
  world.add("long2", {{5s, 0}});
  for (int i = 0; i < 3; ++i) world.policies(world.add("j" + std::to_string(i), {{1ms, 0}})).limits = {0};
  world.run();
  CHECK(world.executor.starts[2].second == 5s);
  CHECK(world.executor.starts[3].second == 6s);
  CHECK(world.executor.starts[4].second == 7s);
}

TEST_CASE("half-open lets one probe through and rejects the others") {
  World world;
  BreakerSettings breaker;
  breaker.consecutive = 1;
  breaker.open_for = 1s;
  world.file.breakers.push_back({"db", {}, breaker});
  world.policies(world.add("trip", {{1ms, 1}})).breaker = 0;
  world.add("wait", {{2s, 0}});
  for (const char* name : {"probe", "other"}) {
    Job& job = world.add(name, {{1s, 0}}, {1});
    world.policies(job).breaker = 0;
  }
  world.run();
  CHECK(world.result("probe").state == JobState::succeeded);
  CHECK(world.result("other").state == JobState::rejected);
}

TEST_CASE("needs: conditions, joins and what skipping does") {
  World world;
  world.add("bad", {{1s, 1}});
  world.add("good", {{2s, 0}});
  const auto need = [&](const char* name, std::vector<std::pair<JobIndex, EdgeCondition>> edges) -> Job& {
    Job& job = world.add(name, {{1s, 0}});
    for (const auto& [index, when] : edges) job.needs.push_back(Need{index, when, {}});
    return job;
  };
  need("on_failed", {{0, EdgeCondition::failed}});
  need("on_success", {{0, EdgeCondition::succeeded}});
  need("after_skipped", {{3, EdgeCondition::succeeded}});
  need("done_anyway", {{3, EdgeCondition::done}});
  need("any", {{0, EdgeCondition::succeeded}, {1, EdgeCondition::succeeded}}).join = Join::any;
  Job& quorum = need("quorum", {{0, EdgeCondition::done}, {1, EdgeCondition::succeeded}, {3, EdgeCondition::succeeded}});
  quorum.join = Join::quorum;
  quorum.join_quorum = 2;
  world.run();
  CHECK(world.result("on_failed").state == JobState::succeeded);
  CHECK(world.result("on_success").state == JobState::skipped);
  CHECK(world.result("after_skipped").state == JobState::skipped);
  CHECK(world.result("done_anyway").state == JobState::succeeded);
  CHECK(world.ended("done_anyway") == 2s);
  CHECK(world.result("any").state == JobState::succeeded);
  CHECK(world.ended("any") == 3s);
  CHECK(world.ended("quorum") == 3s);
}

TEST_CASE("continue_on_error keeps the failure, and the dependents go on") {
  World world;
  world.add("bad", {{1s, 1}}).continue_on_error = true;
  world.add("next", {{1s, 0}}, {0});
  world.run();
  CHECK(world.result("bad").state == JobState::failed);
  CHECK(world.result("bad").failure_allowed);
  CHECK(world.result("next").state == JobState::succeeded);
}

TEST_CASE("fail_fast stops what runs and what waits; keep-going doesn't") {
  World world;
  world.add("bad", {{1s, 1}});
  world.add("long", {{9s, 0}});
  world.add("later", {{1s, 0}}, {1});
  SECTION("fail_fast") {
    world.settings.fail_fast = true;
    world.run();
    CHECK(world.result("long").state == JobState::cancelled);
    CHECK(world.result("later").state == JobState::cancelled);
    CHECK(world.ended("long") == 1s);
  }
  SECTION("keep going") {
    world.run();
    CHECK(world.result("long").state == JobState::succeeded);
    CHECK(world.result("later").state == JobState::succeeded);
  }
}

TEST_CASE("an interrupted run cancels running, waiting, retrying and pending jobs, and awaits them") {
  World world;
  world.settings.process_slots = 2;
  world.add("running", {{9s, 0}});
  Job& retrying = world.add("retrying", {{1s, 1}});
  world.policies(retrying).retry.attempts = 3;
  world.policies(retrying).retry.backoff.delay = 1h;
  world.policies(retrying).retry.backoff.max_delay = 1h;
  world.add("queued", {{9s, 0}});
  world.add("queued2", {{9s, 0}});
  world.add("pending", {{1s, 0}}, {0});
  world.executor.stop_takes = 2s;
  world.interrupt_at = 4s;
  world.run();
  for (const char* name : {"running", "retrying", "queued", "queued2", "pending"}) {
    CHECK(world.result(name).state == JobState::cancelled);
    CHECK(world.result(name).outcome.cancel_reason == CancelReason::interrupted);
  }
  CHECK(world.ended("running") == 6s);
  CHECK(world.result("queued2").attempts == 0);
  CHECK(world.outcome.elapsed == 6s);
  CHECK(world.executor.running == 0);
}

TEST_CASE("jobs left out count as succeeded for what needs them") {
  World world;
  world.add("a", {{1s, 1}});
  world.add("b", {{1s, 0}}, {0});
  world.settings.excluded = {true, false};
  world.run();
  CHECK(world.executor.calls.count("a") == 0);
  CHECK(world.result("b").state == JobState::succeeded);
  CHECK(world.result("a").state == JobState::pending);
}

TEST_CASE("10 000 jobs that fail at once need no stack") {
  World world;
  world.settings.process_slots = 2;
  for (int i = 0; i < 10000; ++i) world.add("j" + std::to_string(i), {{0s, 1}});
  world.run();
  int failed = 0;
  for (const JobResult& result : world.outcome.results) failed += static_cast<int>(result.state == JobState::failed);
  CHECK(failed == 10000);
  CHECK(world.executor.most_running <= 2);
}
