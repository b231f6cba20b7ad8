// Signals as events of a loop.
#include "loop/signals.h"

#include <signal.h>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;
using namespace std::chrono_literals;

namespace {

constexpr int kHeeded[] = {SIGTERM, SIGINT, SIGUSR1};

// What comes of a signal that is sent `times` times, one after the other.
std::vector<int> taken(World& world, SignalSource& source, int signal, int times = 1) {
  std::vector<int> all;
  for (int i = 0; i < times; ++i) {
    ::raise(signal);
    int asked = 0;  // before a turn, and in the middle of it
    world.loop.run_until([&] { return ++asked > 2; });
    for (const int each : source.take()) all.push_back(each);
  }
  return all;
}

}  // namespace

TEST_CASE("a signal that is said twice within a breath counts once") {
  World world;
  SignalSource source(world.loop, kHeeded);
  CHECK(taken(world, source, SIGTERM, 3) == std::vector<int>{SIGTERM});
  CHECK(taken(world, source, SIGINT) == std::vector<int>{SIGINT});
  world.clock.advance(99ms);
  CHECK(taken(world, source, SIGTERM).empty());
  world.clock.advance(1ms);
  CHECK(taken(world, source, SIGTERM) == std::vector<int>{SIGTERM});
}

TEST_CASE("what asks for no end may come as often as it likes") {
  World world;
  SignalSource source(world.loop, kHeeded);
  CHECK(taken(world, source, SIGUSR1, 2) == std::vector<int>{SIGUSR1, SIGUSR1});
}
