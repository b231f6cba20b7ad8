// Limits in the database: places of several runs, their fair shares, processes that are gone, rates and clocks.
#include "state/shared_limits.h"

#include <fstream>
#include <memory>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

LimitSettings places(std::uint32_t concurrency) {
  LimitSettings settings;
  settings.concurrency = concurrency;
  return settings;
}

LimitSettings rate(std::uint32_t count, Duration period, std::uint32_t burst) {
  LimitSettings settings;
  settings.rate_count = count;
  settings.rate_period = period;
  settings.burst = burst;
  return settings;
}

struct Run : Process {
  Run(const TemporaryDirectory& directory, std::int64_t number, const LimitSettings& settings, const Clock& clock)
      : Process(directory.path, number),
        common{store, owner, "/jobs.yaml", random, clock},
        share(common, "one", settings),
        limit(settings, &share) {}

  bool take(Duration now) { return limit.try_acquire(at(now)).allowed; }

  ScriptedRandom random;
  LimitStore common;
  SharedLimit share;
  Limit limit;
};

// Permits that are there at `now`.
int permits(Run& run, JumpingClock& clock, Duration now) {
  clock.set(at(now));
  int count = 0;
  while (run.take(now)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a limit of a graph's file is that file's, whichever file runs it") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run alone(directory, 1, places(1), clock);
  Process process(directory.path, 2);
  ScriptedRandom random;
  SharedLimits within(LimitStore{process.store, process.owner, "/outer.yaml", random, clock},
                      {{"one", places(1)}, {"one", places(1), "/jobs.yaml"}});
  CHECK(alone.take(0s));
  CHECK(within.shares()[0]->take(at(0s)).allowed);
  CHECK_FALSE(within.shares()[1]->take(at(0s)).allowed);
}

TEST_CASE("the places of a limit are for all runs together") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(3), clock);
  Run b(directory, 2, places(3), clock);
  CHECK(a.take(0s));
  CHECK(b.take(0s));
  CHECK(a.take(0s));
  const Limit::Decision full = b.limit.try_acquire(at(0s));
  CHECK_FALSE(full.allowed);
  CHECK(full.retry_after == Duration(60ms));  // asks again: no end of a job here will tell
  CHECK_FALSE(b.limit.peek(at(59ms)).allowed);
  CHECK(b.limit.peek(at(60ms)).allowed);
  a.limit.release(at(60ms));
  a.share.turn_ended(at(80ms));
  CHECK(b.take(80ms));
  CHECK_FALSE(b.take(80ms));
}

TEST_CASE("a run without company takes places in blocks and gives what it doesn't need back soon") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(100), clock);
  for (int i = 0; i < 10; ++i) CHECK(a.take(0s));
  CHECK(a.share.held() == 16);
  CHECK(a.share.due() == at(20ms));
  a.share.turn_ended(at(20ms));
  CHECK(a.share.held() == 10);
  CHECK(a.share.due() == TimePoint::max());
  a.limit.release(at(30ms));
  CHECK(a.take(30ms));
  CHECK(a.share.held() == 10);
}

TEST_CASE("what is held and not needed is given back at once when others wait") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(4), clock);
  Run b(directory, 2, places(4), clock);
  for (int i = 0; i < 3; ++i) CHECK(a.take(0s));
  CHECK(a.share.held() == 4);
  CHECK_FALSE(b.take(0s));
  a.limit.release(at(19ms));
  CHECK(a.take(19ms));  // it has just taken one, but sees that others wait
  a.share.turn_ended(at(20ms));
  CHECK(a.share.held() == 3);
  CHECK(b.take(60ms));
}

TEST_CASE("where others wait, a run keeps its equal share as its jobs end") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(4), clock);
  Run b(directory, 2, places(4), clock);
  for (int i = 0; i < 4; ++i) CHECK(a.take(0s));
  CHECK_FALSE(b.take(0s));
  for (int i = 0; i < 4; ++i) a.limit.release(at(30ms));
  CHECK(a.take(30ms));
  CHECK(a.take(30ms));
  CHECK_FALSE(a.take(30ms));
  CHECK(b.take(60ms));
  CHECK(b.take(60ms));
  CHECK_FALSE(b.take(60ms));
}

TEST_CASE("a single place goes round") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(1), clock);
  Run b(directory, 2, places(1), clock);
  CHECK(a.take(0s));
  CHECK_FALSE(b.take(0s));
  a.limit.release(at(30ms));
  CHECK_FALSE(a.take(30ms));  // b is waiting
  CHECK(b.take(60ms));
  b.limit.release(at(100ms));
  CHECK_FALSE(b.take(100ms));  // and now a is
  CHECK(a.take(110ms));
}

TEST_CASE("who waits no longer says so, and stands in nobody's way") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(1), clock);
  Run b(directory, 2, places(1), clock);
  CHECK(a.take(0s));
  b.limit.enter_queue();
  CHECK_FALSE(b.take(0s));
  CHECK(b.share.due() == TimePoint::max());
  b.limit.leave_queue();
  b.share.turn_ended(at(20ms));
  CHECK(b.share.due() == TimePoint::max());
  a.limit.release(at(30ms));
  CHECK(a.take(30ms));
}

TEST_CASE("the places of a process that is gone are free, and its waiting is over") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(2), clock);
  Run b(directory, 2, places(2), clock);
  CHECK(a.take(0s));
  CHECK(a.take(0s));
  CHECK_FALSE(b.take(0s));
  a.crash();
  CHECK(b.take(60ms));
  CHECK(b.take(60ms));

  Run c(directory, 3, places(2), clock);
  CHECK_FALSE(c.take(60ms));
  c.crash();
  for (int i = 0; i < 2; ++i) b.limit.release(at(100ms));
  CHECK(b.take(100ms));
  CHECK(b.take(100ms));
}

TEST_CASE("at its end a run gives back what it holds") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, places(1), clock);
  CHECK(a.take(0s));
  a.limit.release(at(0s));
  a.share.finish();
  Run b(directory, 2, places(1), clock);
  CHECK(b.take(0s));
}

TEST_CASE("shared, vector 17: 1/s with a burst of 5, taken by two runs", "[vector]") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, rate(1, 1s, 5), clock);
  Run b(directory, 2, rate(1, 1s, 5), clock);
  CHECK(a.take(0s));
  CHECK(b.take(0s));
  CHECK(b.take(0s));
  CHECK(permits(a, clock, 0s) == 2);
  const Limit::Decision sixth = b.limit.try_acquire(at(0s));
  CHECK(sixth.retry_after == Duration(1s));
  clock.set(at(3s));
  CHECK(a.take(3s));
  CHECK(permits(b, clock, 3100ms) == 2);
  CHECK_FALSE(b.take(3100ms));
  Run later(directory, 3, rate(1, 1s, 5), clock);
  CHECK(permits(later, clock, 4s) == 1);
  CHECK(permits(later, clock, 8s) == 4);
}

TEST_CASE("a permit that wasn't used is returned for all") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, rate(1, 1s, 1), clock);
  Run b(directory, 2, rate(1, 1s, 1), clock);
  CHECK(a.take(0s));
  CHECK_FALSE(b.take(0s));
  a.limit.give_back(at(0s));
  CHECK(b.take(1s));
  CHECK_FALSE(a.take(1s));
}

TEST_CASE("a full limit takes no permit of its rate") {
  TemporaryDirectory directory;
  JumpingClock clock;
  LimitSettings settings = rate(1, 1h, 2);
  settings.concurrency = 1;
  Run a(directory, 1, settings, clock);
  Run b(directory, 2, settings, clock);
  CHECK(a.take(0s));
  CHECK_FALSE(b.take(0s));
  a.limit.release(at(0s));
  a.share.finish();
  CHECK(b.take(60ms));
  b.limit.release(at(60ms));
  CHECK_FALSE(b.take(60ms));  // now both permits are used
}

TEST_CASE("a calendar that is set back delays a rate by no more than its burst") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run a(directory, 1, rate(10, 1s, 3), clock);
  CHECK(permits(a, clock, 0s) == 3);
  clock.jump(-std::chrono::hours(24));
  Run b(directory, 2, rate(10, 1s, 3), clock);
  const Limit::Decision decision = b.limit.try_acquire(at(0s));
  CHECK_FALSE(decision.allowed);
  CHECK(decision.retry_after == Duration(100ms));
  CHECK(permits(b, clock, 100ms) == 1);
  CHECK(permits(b, clock, 400ms) == 3);
}

TEST_CASE("with a store in trouble a limit counts by itself, and it is said once") {
  TemporaryDirectory directory;
  std::ofstream(directory.path + "/corun.db") << std::string(4096, 'x');
  JumpingClock clock;
  Run a(directory, 1, places(2), clock);
  CHECK(a.take(0s));
  CHECK(a.take(0s));
  CHECK_FALSE(a.take(0s));
  a.limit.release(at(0s));
  CHECK(a.take(0s));
  a.share.turn_ended(at(1s));
  a.share.finish();
  CHECK(a.warnings.size() == 1);
}
