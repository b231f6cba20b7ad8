// What deadlines and stops from above do to groups, retries and queues; what a stopped job may still say of itself.
#include "catch.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

Policies& retrying(World& world, Job& job, std::uint32_t attempts, Duration delay) {
  Policies& policies = world.policies(job);
  policies.retry.attempts = attempts;
  policies.retry.backoff.kind = BackoffSettings::Kind::constant;
  policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
  policies.retry.backoff.delay = delay;
  return policies;
}

}  // namespace

TEST_CASE("no policy of a group takes its timeout for a verdict") {
  const GatherPolicy policy = GENERATE(GatherPolicy::all, GatherPolicy::settled, GatherPolicy::any, GatherPolicy::race);
  World world;
  GatherSpec& gather = world.add_gather("g", policy);
  world.policies(world.file.top.jobs[0]).timeout = 1s;
  world.add(*gather.group, "g/x", {{10s, 0}});
  world.add(*gather.group, "g/y", {{10s, 0}});
  world.run();
  CHECK(world.result("g").state == JobState::timed_out);
  CHECK(world.result("g").outcome.kind == FailureKind::attempt_timeout);
  CHECK(world.ended("g") == 1s);
}

TEST_CASE("a settled group that is interrupted is cancelled") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::settled);
  world.add(*gather.group, "g/x", {{10s, 0}});
  world.add("after", {{1s, 0}}, {0});
  world.interrupt_at = 2s;
  world.run();
  CHECK(world.result("g").state == JobState::cancelled);
  CHECK(world.result("g").outcome.cancel_reason == CancelReason::interrupted);
  CHECK(world.result("after").state == JobState::cancelled);
}

TEST_CASE("a member knows the time its group has left, and doesn't sleep past it") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  world.policies(world.file.top.jobs[0]).timeout = 8s;
  Job& member = world.add(*gather.group, "g/x", {{1s, 1}});
  retrying(world, member, 100, 3s).timeout = 5s;
  world.run();
  CHECK(world.executor.time_left["g/x"] == "4.000");  // the second attempt began at 4 s: its own 5 s end after the group's 8
  CHECK(world.result("g/x").state == JobState::failed);
  CHECK(world.result("g/x").outcome.message == "exit code 1 (the next pause of 3s is longer than the time left 3s)");
  CHECK(world.ended("g/x") == 5s);
  CHECK(world.result("g").outcome.kind == FailureKind::group);
}

TEST_CASE("a failure at the moment of another's keeps its name") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  world.add(*gather.group, "g/x", {{1s, 2}});
  world.add(*gather.group, "g/y", {{1s, 3}});
  retrying(world, world.add(*gather.group, "g/z", {{1s, 4}}), 2, 1s);
  world.run();
  CHECK(world.result("g/x").state == JobState::failed);
  CHECK(world.result("g/y").state == JobState::failed);
  CHECK(world.result("g/z").state == JobState::cancelled);  // it would have tried again
  CHECK(world.result("g").outcome.message == "`g/x`: exit code 2; `g/y`: exit code 3");
}

TEST_CASE("the slot that a failure frees starts nothing once the run stops for it") {
  World world;
  world.settings.process_slots = 2;
  world.settings.fail_fast = true;
  BreakerSettings breaker;
  breaker.consecutive = 1;
  breaker.open_for = 1s;
  world.file.breakers.push_back({"db", {}, breaker});
  world.add("long", {{9s, 0}});
  world.add("bad", {{1s, 1}});
  Job& next = world.add("next", {{1s, 0}});
  world.policies(next).breaker = 0;
  world.add("last", {{1s, 0}});
  world.run();
  CHECK(world.executor.started_too_late == 0);
  CHECK(world.executor.calls.count("next") == 0);
  CHECK(world.result("next").state == JobState::cancelled);
  CHECK(world.result("next").attempts == 0);
  CHECK(world.result("last").state == JobState::cancelled);
}

TEST_CASE("a total timeout in the queue says nothing of retries") {
  World world;
  world.settings.process_slots = 2;
  world.add("a", {{10s, 0}});
  world.add("b", {{10s, 0}});
  Job& job = world.add("c", {{1s, 0}});
  retrying(world, job, 3, 1s).total_timeout = 2s;
  world.run();
  CHECK(world.result("c").state == JobState::timed_out);
  CHECK(world.result("c").outcome.message == "timed out after total_timeout 2s");
}

TEST_CASE("only those who wait for a limit are in its queue") {
  World world;
  world.settings.process_slots = 2;
  LimitSettings limit;
  limit.concurrency = 8;
  limit.max_queue = 0;
  world.file.limits.push_back({"api", {}, limit});
  for (int i = 0; i < 6; ++i) world.policies(world.add("j" + std::to_string(i), {{1s, 0}})).limits = {0};
  world.run();
  for (int i = 0; i < 6; ++i) CHECK(world.result("j" + std::to_string(i)).state == JobState::succeeded);
  CHECK(world.outcome.elapsed == 3s);
}

TEST_CASE("a job that never left its queue takes nothing from the retry budget") {
  World world;
  world.settings.process_slots = 2;
  world.file.breakers.push_back({"db", {}, {}});
  world.add("a", {{60s, 0}});
  world.add("b", {{60s, 0}});
  Job& job = world.add("c", {{1s, 0}});
  Policies& policies = retrying(world, job, 30, 1s);
  policies.breaker = 0;
  policies.queue_timeout = 2s;
  world.run();
  CHECK(world.result("c").state == JobState::succeeded);
}

TEST_CASE("a job that is rejected in the end still says what went wrong before") {
  World world;
  BreakerSettings breaker;
  breaker.consecutive = 2;
  world.file.breakers.push_back({"db", {}, breaker});
  retrying(world, world.add("a", {{1ms, 3}}), 3, 1ms).breaker = 0;
  world.run();
  CHECK(world.result("a").state == JobState::rejected);
  CHECK(world.result("a").outcome.message.ends_with(", after: exit code 3"));
}

TEST_CASE("a fallback that fails is told of") {
  World world;
  Job& job = world.add("a", {{1s, 7}, {1s, 8}});
  auto fallback = std::make_unique<RunSpec>();
  fallback->argv.push_back(Text{"scripted", {}});
  job.fallback = std::make_unique<Action>(std::move(fallback));
  world.run();
  CHECK(world.result("a").outcome.exit_code == 7);
  CHECK(world.result("a").outcome.message == "exit code 7 (fallback: exit code 8)");
}
