// Limits that other processes have a part of: asked again by timer, in order, with nothing held meanwhile.
#include <algorithm>

#include "catch.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

// Others have all the places until `free_at`; from then on `places` are there.
class ScriptedShare final : public LimitShare {
 public:
  ScriptedShare(TimePoint free_at, int places) : free_at_(free_at), places_(places) {}

  Decision take(TimePoint now) override {
    ++asked;
    if (now < free_at_ || taken == places_) return {false, 60ms};
    ++taken;
    return {true, {}};
  }
  void leave(TimePoint) override { --taken; }
  void give_back(TimePoint) override {
    --taken;
    ++given_back;
  }
  void set_waiting(std::uint32_t count) override { most_waiting = std::max(most_waiting, count); }

  int asked = 0;
  int taken = 0;
  int given_back = 0;
  std::uint32_t most_waiting = 0;

 private:
  TimePoint free_at_;
  int places_;
};

void add_limit(World& world, const std::string& name, LimitShare& share) {
  LimitSettings settings;
  settings.concurrency = 10;
  world.file.limits.push_back({name, {}, settings});
  world.limit_shares.push_back(&share);
}

}  // namespace

TEST_CASE("who finds a shared limit full asks again by timer, and goes in the order it came") {
  World world;
  ScriptedShare share(TimePoint(100ms), 1);
  add_limit(world, "api", share);
  for (const char* name : {"a", "b", "c"}) world.policies(world.add(name, {{10ms, 0}})).limits = {0};
  world.run();
  CHECK(world.ended("a") == Duration(130ms));
  CHECK(world.ended("b") == Duration(140ms));
  CHECK(world.ended("c") == Duration(150ms));
  CHECK(share.taken == 0);
  CHECK(share.given_back == 0);
  CHECK(share.most_waiting == 3);
  CHECK(share.asked < 10);
}

TEST_CASE("a job that waits for one shared limit holds no place of another, and no probe") {
  World world;
  ScriptedShare free(TimePoint(0ms), 1);
  ScriptedShare full(TimePoint(100ms), 1);
  add_limit(world, "free", free);
  add_limit(world, "full", full);
  BreakerSettings breaker;
  world.file.breakers.push_back({"dep", {}, breaker});
  Policies& both = world.policies(world.add("both", {{10ms, 0}}));
  both.limits = {0, 1};
  both.breaker = 0;
  world.policies(world.add("other", {{10ms, 0}})).limits = {0};
  world.run();
  CHECK(world.ended("other") == Duration(10ms));
  CHECK(world.ended("both") == Duration(130ms));
  CHECK(free.given_back > 0);
  CHECK(free.taken == 0);
  CHECK(full.taken == 0);
}

TEST_CASE("a queue_timeout ends the waiting for other processes, too") {
  World world;
  ScriptedShare share(TimePoint(1h), 1);
  add_limit(world, "api", share);
  Policies& policies = world.policies(world.add("a", {{10ms, 0}}));
  policies.limits = {0};
  policies.queue_timeout = 200ms;
  world.run();
  CHECK(world.ended("a") == Duration(200ms));
  CHECK(share.taken == 0);
}
