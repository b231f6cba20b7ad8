// What a coroutine can wait for: time, a turn, an event, a place.
#include "loop/awaiters.h"

#include <string>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

Task<bool> sleep_until(Loop& loop, TimePoint deadline, CancelScope& scope) { co_return co_await Sleep(loop, deadline, scope); }

Task<void> cancel_after(World& world, Duration pause, CancelScope& scope) {
  co_await pause_for(world, pause);
  scope.cancel(CancelReason::interrupted);
}

Task<void> force_after(World& world, Duration pause, CancelScope& scope) {
  co_await pause_for(world, pause);
  scope.force(CancelReason::interrupted);
}

Task<void> set_after(World& world, Duration pause, Event& event) {
  co_await Sleep(world.loop, world.loop.now() + pause, world.scope);
  event.set();
}

std::string name_of(Event::Wake wake) {
  return wake == Event::Wake::set ? "set" : wake == Event::Wake::cancelled ? "cancelled" : "deadline";
}

Task<std::string> wait(Event& event, CancelScope& scope, TimePoint deadline) {
  Event::Wake wake = co_await event.wait(scope, deadline);
  co_return name_of(wake);
}

Task<std::string> wait_forced(Event& event, CancelScope& scope, TimePoint deadline) {
  Event::Wake wake = co_await event.wait_unless_forced(scope, deadline);
  co_return name_of(wake);
}

// Runs `first` beside `second` and gives the first one's value.
template <typename T>
Task<T> beside(Loop& loop, Task<T> first, Task<void> second) {
  TaskGroup group(loop);
  group.start(std::move(second));
  T value = co_await std::move(first);
  co_await group.join();
  co_return value;
}

// The setter's timer fires first, the waiter's in the same turn: the event is set before either the deadline or the cancel
// is looked at.
Task<std::string> set_at_the_deadline(World& world, Event& event, CancelScope& scope) {
  TaskGroup group(world.loop);
  group.start(set_after(world, 2s, event));
  co_await NextTurn(world.loop);
  std::string end = co_await wait(event, scope, world.at(2s));
  scope.cancel(CancelReason::interrupted);
  co_await group.join();
  co_return end;
}

// Takes a place, keeps it for `hold`, gives it back.
Task<void> use(World& world, Semaphore& semaphore, CancelScope& scope, Duration hold, Diary& diary, std::string name) {
  bool acquired = co_await semaphore.acquire(scope);
  if (!acquired) {
    diary.push_back(name + " gave up");
    co_return;
  }
  diary.push_back(name + " in");
  co_await pause_for(world, hold);
  semaphore.release();
}

Task<void> three_in_line(World& world, Semaphore& semaphore, CancelScope& middle, Diary& diary) {
  TaskGroup group(world.loop);
  group.start(use(world, semaphore, world.scope, 10s, diary, "a"));
  group.start(use(world, semaphore, world.scope, 1s, diary, "b"));
  group.start(use(world, semaphore, middle, 1s, diary, "c"));
  group.start(use(world, semaphore, world.scope, 1s, diary, "d"));
  group.start(cancel_after(world, 5s, middle));
  co_await group.join();
}

// Releases and at once asks again: those who wait go first.
Task<void> release_and_ask_again(World& world, Semaphore& semaphore, Diary& diary) {
  bool first = co_await semaphore.acquire(world.scope);
  co_await pause_for(world, 1s);
  semaphore.release();
  bool second = co_await semaphore.acquire(world.scope);
  diary.push_back(first && second ? "again" : "never");
  semaphore.release();
}

Task<void> greedy_and_patient(World& world, Semaphore& semaphore, Diary& diary) {
  TaskGroup group(world.loop);
  group.start(release_and_ask_again(world, semaphore, diary));
  group.start(use(world, semaphore, world.scope, 1s, diary, "patient"));
  co_await group.join();
}

Task<void> handed_over_and_cancelled(World& world, Semaphore& semaphore, CancelScope& scope, Diary& diary) {
  bool mine = co_await semaphore.acquire(world.scope);
  TaskGroup group(world.loop);
  group.start(use(world, semaphore, scope, 0s, diary, "heir"));
  co_await pause_for(world, 1s);
  semaphore.release();
  scope.cancel(CancelReason::interrupted);  // too late: the place is the heir's
  co_await group.join();
  diary.push_back(mine ? "done" : "odd");
}

Task<void> turns(Loop& loop, Diary& diary, std::string name) {
  for (int i = 0; i < 2; ++i) {
    diary.push_back(name);
    co_await NextTurn(loop);
  }
}

Task<void> two_taking_turns(Loop& loop, Diary& diary) {
  TaskGroup group(loop);
  group.start(turns(loop, diary, "a"));
  group.start(turns(loop, diary, "b"));
  co_await group.join();
}

Task<void> wait_twice(World& world, Event& event, Diary& diary) {
  Event::Wake first = co_await event.wait(world.scope);
  diary.push_back(name_of(first));
  Event::Wake second = co_await event.wait(world.scope);  // still set
  diary.push_back(name_of(second));
  event.reset();
  Event::Wake third = co_await event.wait(world.scope, world.loop.now() + 1s);
  diary.push_back(name_of(third));
}

}  // namespace

TEST_CASE("a sleep ends at its deadline") {
  World world;
  CHECK(run(world.loop, sleep_until(world.loop, world.at(90s), world.scope)));
  CHECK(world.clock.elapsed() == 90s);
  CHECK(run(world.loop, sleep_until(world.loop, world.at(90s), world.scope)));  // already there
  CHECK(run(world.loop, sleep_until(world.loop, world.at(1s), world.scope)));
  CHECK(world.clock.elapsed() == 90s);
}

TEST_CASE("a cancelled sleep ends at once and says so") {
  World world;
  CancelScope scope;
  CHECK_FALSE(run(world.loop, beside(world.loop, sleep_until(world.loop, world.at(1h), scope), cancel_after(world, 2s, scope))));
  CHECK(world.clock.elapsed() == 2s);
  CHECK_FALSE(run(world.loop, sleep_until(world.loop, world.at(1h), scope)));  // a cancel stays
  CHECK(world.clock.elapsed() == 2s);
  CHECK(run(world.loop, sleep_until(world.loop, world.at(2s), scope)));  // both at once: the time has come
}

TEST_CASE("a sleep without deadline only ends by a cancel") {
  World world;
  CancelScope scope;
  CHECK_FALSE(
      run(world.loop, beside(world.loop, sleep_until(world.loop, TimePoint::max(), scope), cancel_after(world, 2s, scope))));
}

TEST_CASE("a sleep that has ended isn't undone by a cancel at the same moment") {
  World world;
  CancelScope scope;
  // The sleeper's timer is armed last and so fires after the canceller's, but both before either goes on.
  CHECK(run(world.loop, beside(world.loop, sleep_until(world.loop, world.at(2s), scope), cancel_after(world, 2s, scope))));
  CHECK(scope.cancelled());
}

TEST_CASE("an event wakes its waiter, and one that is set needs no waiting") {
  World world;
  Event event(world.loop);
  CHECK_FALSE(event.is_set());
  CHECK(run(world.loop, beside(world.loop, wait(event, world.scope, TimePoint::max()), set_after(world, 3s, event))) == "set");
  CHECK(world.clock.elapsed() == 3s);
  CHECK(event.is_set());
  CHECK(run(world.loop, wait(event, world.scope, TimePoint::max())) == "set");
  CHECK(world.clock.elapsed() == 3s);
}

TEST_CASE("waiting for an event ends by deadline or cancel too") {
  World world;
  Event event(world.loop);
  CHECK(run(world.loop, wait(event, world.scope, world.at(5s))) == "deadline");
  CHECK(world.clock.elapsed() == 5s);
  CancelScope scope;
  CHECK(run(world.loop, beside(world.loop, wait(event, scope, world.at(1h)), cancel_after(world, 1s, scope))) == "cancelled");
  CHECK(world.clock.elapsed() == 6s);
  CHECK(run(world.loop, wait(event, scope, world.at(1h))) == "cancelled");
}

TEST_CASE("what completes at its deadline has completed") {
  World world;
  Event event(world.loop);
  CancelScope scope;
  CHECK(run(world.loop, set_at_the_deadline(world, event, scope)) == "set");
  CHECK(world.clock.elapsed() == 2s);
  CHECK(run(world.loop, wait(event, scope, world.at(2s))) == "set");  // set, cancelled and late
}

TEST_CASE("a wait during the grace hears only a forced cancel") {
  World world;
  Event event(world.loop);
  CancelScope scope;
  scope.cancel(CancelReason::interrupted);
  CHECK(run(world.loop, wait_forced(event, scope, world.at(5s))) == "deadline");
  CHECK(world.clock.elapsed() == 5s);
  CHECK(run(world.loop, beside(world.loop, wait_forced(event, scope, world.at(1h)), force_after(world, 1s, scope))) ==
        "cancelled");
  CHECK(world.clock.elapsed() == 6s);

  CancelScope polite;
  CHECK(run(world.loop, beside(world.loop, wait_forced(event, polite, world.at(10s)), cancel_after(world, 1s, polite))) ==
        "deadline");
  CHECK(world.clock.elapsed() == 10s);
}

TEST_CASE("an event can be reset and waited for again") {
  World world;
  Event event(world.loop);
  event.set();
  Diary diary;
  run(world.loop, wait_twice(world, event, diary));
  CHECK(diary == Diary{"set", "set", "deadline"});
}

TEST_CASE("places of a semaphore go to the longest waiter; who gives up is passed over") {
  World world;
  Semaphore semaphore(world.loop, 1);
  CancelScope middle;
  Diary diary;
  run(world.loop, three_in_line(world, semaphore, middle, diary));
  CHECK(diary == Diary{"a in", "c gave up", "b in", "d in"});
  CHECK(semaphore.free() == 1);
  CHECK(world.clock.elapsed() == 12s);
}

TEST_CASE("who asks again doesn't overtake who waits") {
  World world;
  Semaphore semaphore(world.loop, 1);
  Diary diary;
  run(world.loop, greedy_and_patient(world, semaphore, diary));
  CHECK(diary == Diary{"patient in", "again"});
  CHECK(semaphore.free() == 1);
}

TEST_CASE("a place that was handed over isn't lost by a cancel") {
  World world;
  Semaphore semaphore(world.loop, 1);
  CancelScope scope;
  Diary diary;
  run(world.loop, handed_over_and_cancelled(world, semaphore, scope, diary));
  CHECK(diary == Diary{"heir in", "done"});
  CHECK(semaphore.free() == 1);
}

TEST_CASE("a cancelled scope gets no place, and takes none") {
  World world;
  Semaphore semaphore(world.loop, 1);
  CancelScope scope;
  scope.cancel(CancelReason::interrupted);
  Diary diary;
  run(world.loop, use(world, semaphore, scope, 0s, diary, "late"));
  CHECK(diary == Diary{"late gave up"});
  CHECK(semaphore.free() == 1);
}

TEST_CASE("coroutines take turns") {
  World world;
  Diary diary;
  run(world.loop, two_taking_turns(world.loop, diary));
  CHECK(diary == Diary{"a", "b", "a", "b"});
}
