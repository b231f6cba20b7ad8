// Gather at work: resilience.md §1 and vectors 19 and 20 (a ends at .3 S, b at .1 F, c at .05 S).
#include "catch.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

constexpr Step kA{300ms, 0};
constexpr Step kB{100ms, 1};
constexpr Step kC{50ms, 0};

struct Abc {
  World world;
  GatherSpec* gather;
  explicit Abc(GatherPolicy policy, std::uint32_t quorum = 0, std::string members = "abc") {
    gather = &world.add_gather("g", policy, quorum);
    for (const char member : members) {
      const Step step = member == 'a' ? kA : member == 'b' ? kB : kC;
      world.add(*gather->group, std::string("g/") + member, {step});
    }
  }
};

}  // namespace

TEST_CASE("vector 19: all cancels and awaits the siblings of the first failure") {
  Abc abc(GatherPolicy::all);
  abc.world.run();
  CHECK(abc.world.result("g").state == JobState::failed);
  CHECK(abc.world.result("g").outcome.kind == FailureKind::group);
  CHECK(abc.world.result("g").outcome.message == "`g/b`: exit code 1");
  CHECK(abc.world.ended("g") == 100ms);
  CHECK(abc.world.result("g/a").state == JobState::cancelled);
  CHECK(abc.world.result("g/a").outcome.cancel_reason == CancelReason::sibling_failed);
  CHECK(abc.world.result("g/c").state == JobState::succeeded);
}

TEST_CASE("vector 19: all with on_failure continue fails, but the others run to their end") {
  Abc abc(GatherPolicy::all);
  abc.gather->continue_on_failure = true;
  abc.world.run();
  CHECK(abc.world.result("g").state == JobState::failed);
  CHECK(abc.world.result("g/a").state == JobState::succeeded);
  CHECK(abc.world.ended("g/a") == 300ms);
  CHECK(abc.world.ended("g") == 300ms);
}

TEST_CASE("vector 19: settled takes failures as values") {
  Abc abc(GatherPolicy::settled);
  abc.world.run();
  CHECK(abc.world.result("g").state == JobState::succeeded);
  CHECK(abc.world.result("g/b").state == JobState::failed);
  CHECK(abc.world.ended("g") == 300ms);
}

TEST_CASE("vector 20: race of a and c is c's at .05") {
  Abc abc(GatherPolicy::race, 0, "ac");
  abc.world.run();
  CHECK(abc.world.result("g").state == JobState::succeeded);
  CHECK(abc.world.ended("g") == 50ms);
  CHECK(abc.world.result("g/a").state == JobState::cancelled);
  CHECK(abc.world.result("g/a").outcome.cancel_reason == CancelReason::lost_race);
}

TEST_CASE("a race that a failure decides has losers too") {
  Abc abc(GatherPolicy::race, 0, "ab");
  abc.world.run();
  CHECK(abc.world.result("g").state == JobState::failed);
  CHECK(abc.world.ended("g") == 100ms);
  CHECK(abc.world.result("g/a").state == JobState::cancelled);
  CHECK(abc.world.result("g/a").outcome.cancel_reason == CancelReason::lost_race);
}

TEST_CASE("vector 20: any of a and b is a's at .3") {
  Abc abc(GatherPolicy::any, 0, "ab");
  abc.world.run();
  CHECK(abc.world.result("g").state == JobState::succeeded);
  CHECK(abc.world.ended("g") == 300ms);
}

TEST_CASE("vector 20: quorum 2 of three at .3, quorum 3 fails at .1") {
  Abc two(GatherPolicy::quorum, 2);
  two.world.run();
  CHECK(two.world.result("g").state == JobState::succeeded);
  CHECK(two.world.ended("g") == 300ms);
  Abc three(GatherPolicy::quorum, 3);
  three.world.run();
  CHECK(three.world.result("g").state == JobState::failed);
  CHECK(three.world.ended("g") == 100ms);
  CHECK(three.world.result("g/a").state == JobState::cancelled);
}

TEST_CASE("any that fails lists every error in the order of the file") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::any);
  world.add(*gather.group, "g/x", {{200ms, 2}});
  world.add(*gather.group, "g/y", {{100ms, 3}});
  world.run();
  CHECK(world.result("g").outcome.message == "`g/y`: exit code 3; `g/x`: exit code 2");
}

TEST_CASE("a group never ends while a member still runs") {
  Abc abc(GatherPolicy::race, 0, "ac");
  abc.world.executor.stop_takes = 5s;
  abc.world.run();
  CHECK(abc.world.ended("g") == 5050ms);
  CHECK(abc.world.executor.running == 0);
}

TEST_CASE("a group's timeout stops its members; no inner retry catches it") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  world.policies(world.file.top.jobs[0]).timeout = 1s;
  Job& member = world.add(*gather.group, "g/slow", {{10s, 0}});
  world.policies(member).retry.attempts = 5;
  world.run();
  CHECK(world.result("g").state == JobState::timed_out);
  CHECK(world.result("g").outcome.message == "timed out after 1s");
  CHECK(world.result("g/slow").state == JobState::cancelled);
  CHECK(world.result("g/slow").outcome.cancel_reason == CancelReason::attempt_timeout);
  CHECK(world.executor.calls["g/slow"] == 1);
}

TEST_CASE("a group that is tried again runs its members again") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  world.policies(world.file.top.jobs[0]).retry.attempts = 2;
  world.add(*gather.group, "g/x", {{1ms, 1}, {1ms, 0}});
  world.add(*gather.group, "g/y", {{1ms, 0}});
  world.run();
  CHECK(world.result("g").state == JobState::succeeded);
  CHECK(world.executor.calls["g/x"] == 2);
  CHECK(world.executor.calls["g/y"] == 2);
}

TEST_CASE("members may need each other") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  world.add(*gather.group, "g/x", {{100ms, 0}});
  world.add(*gather.group, "g/y", {{100ms, 0}}).needs.push_back(Need{0, EdgeCondition::succeeded, {}});
  world.add(*gather.group, "g/rescue", {{100ms, 0}}).needs.push_back(Need{0, EdgeCondition::failed, {}});
  world.run();
  CHECK(world.result("g").state == JobState::succeeded);
  CHECK(world.result("g/rescue").state == JobState::skipped);
  CHECK(world.ended("g") == 200ms);
}

TEST_CASE("groups nest") {
  World world;
  GatherSpec& outer = world.add_gather("g", GatherPolicy::race);
  world.add(*outer.group, "g/fast", {{10ms, 0}});
  Job& inner = world.add(*outer.group, "g/inner", {});
  auto spec = std::make_unique<GatherSpec>();
  spec->group = std::make_unique<JobGroup>();
  world.add(*spec->group, "g/inner/a", {{1s, 0}});
  inner.action = std::move(spec);
  world.run();
  CHECK(world.result("g").state == JobState::succeeded);
  CHECK(world.result("g/inner").state == JobState::cancelled);
  CHECK(world.result("g/inner/a").state == JobState::cancelled);
  CHECK(world.ended("g") == 10ms);
}
