// The tree of scopes, and deadlines in it.
#include "loop/cancel.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

// Writes down what it is told.
class Listener final : public CancelScope::Hook {
 public:
  Listener(CancelScope& scope, Diary& diary, std::string name) : scope_(scope), diary_(diary), name_(std::move(name)) {
    scope.link(*this);
  }

 private:
  void on_cancel() override { diary_.push_back(name_ + (scope_.forced() ? " forced: " : ": ") + to_string(scope_.reason())); }

  CancelScope& scope_;
  Diary& diary_;
  std::string name_;
};

// Hears the first cancel only.
class OnceListener final : public CancelScope::Hook {
 public:
  int calls = 0;

 private:
  void on_cancel() override {
    ++calls;
    unlink();
  }
};

Task<std::string> sleep_in(World& world, CancelScope& scope, Duration pause) {
  bool waited = co_await Sleep(world.loop, world.loop.now() + pause, scope);
  const std::string end = waited ? "slept" : to_string(scope.reason());
  co_return end + " at " + std::to_string(world.clock.elapsed() / 1s);
}

Task<std::string> sleep_with_deadline(World& world, CancelScope& parent, TimePoint deadline, Duration pause) {
  DeadlineScope scope(world.loop, parent, deadline, CancelReason::attempt_timeout);
  std::string end = co_await sleep_in(world, scope, pause);
  co_return end;
}

Task<void> wait_without_deadline(World& world, Event& event) {
  DeadlineScope scope(world.loop, world.scope, TimePoint::max(), CancelReason::attempt_timeout);
  co_await event.wait(scope);
}

Task<std::string> sleep_with_two_deadlines(World& world, TimePoint outer, TimePoint inner, Duration pause) {
  DeadlineScope total(world.loop, world.scope, outer, CancelReason::total_timeout);
  std::string end = co_await sleep_with_deadline(world, total, inner, pause);
  co_return end;
}

}  // namespace

TEST_CASE("a cancel reaches everything below, and nothing else") {
  Diary diary;
  CancelScope root;
  CancelScope left(root);
  CancelScope right(root);
  CancelScope below(left);
  const Listener on_root(root, diary, "root");
  const Listener on_right(right, diary, "right");
  const Listener on_left(left, diary, "left");
  const Listener on_below(below, diary, "below");
  left.cancel(CancelReason::sibling_failed);
  CHECK(diary == Diary{"left: sibling failed", "below: sibling failed"});
  CHECK_FALSE(root.cancelled());
  CHECK_FALSE(right.cancelled());
  CHECK(below.reason() == CancelReason::sibling_failed);
}

TEST_CASE("the first reason stays, and everybody is told once") {
  Diary diary;
  CancelScope root;
  CancelScope child(root);
  const Listener on_root(root, diary, "root");
  const Listener on_child(child, diary, "child");
  child.cancel(CancelReason::lost_race);
  root.cancel(CancelReason::interrupted);
  root.cancel(CancelReason::terminated);
  CHECK(diary == Diary{"child: lost race", "root: interrupted"});
  CHECK(child.reason() == CancelReason::lost_race);
  CHECK(root.reason() == CancelReason::interrupted);
}

TEST_CASE("force tells once more, those already cancelled too") {
  Diary diary;
  CancelScope root;
  CancelScope child(root);
  CancelScope grandchild(child);
  const Listener on_child(child, diary, "child");
  const Listener on_grandchild(grandchild, diary, "grandchild");
  child.cancel(CancelReason::lost_race);
  root.force(CancelReason::interrupted);
  root.force(CancelReason::interrupted);
  CHECK(diary == Diary{"child: lost race", "grandchild: lost race", "child forced: lost race", "grandchild forced: lost race"});
  CHECK(grandchild.forced());
  CHECK(child.reason() == CancelReason::lost_race);
}

TEST_CASE("force without a cancel before it is both") {
  Diary diary;
  CancelScope root;
  const Listener listener(root, diary, "root");
  root.force(CancelReason::terminated);
  CHECK(diary == Diary{"root forced: terminated"});
  CHECK(root.cancelled());
}

TEST_CASE("a scope made below a cancelled one is cancelled") {
  CancelScope root;
  root.force(CancelReason::run_timeout);
  const CancelScope child(root);
  CHECK(child.reason() == CancelReason::run_timeout);
  CHECK(child.forced());
}

TEST_CASE("who has left isn't told") {
  Diary diary;
  CancelScope root;
  auto child = std::make_unique<CancelScope>(root);
  auto gone = std::make_unique<Listener>(root, diary, "gone");
  auto first = std::make_unique<CancelScope>(root);
  const Listener stays(root, diary, "stays");
  OnceListener once;
  root.link(once);
  gone.reset();
  child.reset();
  first.reset();
  root.cancel(CancelReason::interrupted);
  root.force(CancelReason::interrupted);
  CHECK(diary == Diary{"stays: interrupted", "stays forced: interrupted"});
  CHECK(once.calls == 1);
  CHECK_FALSE(once.linked());
}

TEST_CASE("hooks outlive their scope without harm") {
  Diary diary;
  auto scope = std::make_unique<CancelScope>();
  const Listener listener(*scope, diary, "listener");
  CHECK(listener.linked());
  scope.reset();
  CHECK_FALSE(listener.linked());
}

TEST_CASE("a hook can move to another scope") {
  CancelScope first;
  CancelScope second;
  OnceListener once;
  first.link(once);
  second.link(once);
  first.cancel(CancelReason::interrupted);
  CHECK(once.calls == 0);
  second.cancel(CancelReason::interrupted);
  CHECK(once.calls == 1);
}

TEST_CASE("a deadline cancels its scope with its reason") {
  World world;
  CHECK(run(world.loop, sleep_with_deadline(world, world.scope, world.at(2s), 10s)) == "timeout at 2");
  CHECK_FALSE(world.scope.cancelled());
}

TEST_CASE("what ends before its deadline isn't touched, and no timer stays behind") {
  World world;
  CHECK(run(world.loop, sleep_with_deadline(world, world.scope, world.at(1h), 3s)) == "slept at 3");
  CHECK(run(world.loop, sleep_in(world, world.scope, 2h)) == "slept at 7203");
}

TEST_CASE("a deadline that has passed cancels in the next turn") {
  World world;
  world.clock.advance(10s);
  CHECK(run(world.loop, sleep_with_deadline(world, world.scope, world.at(4s), 10s)) == "timeout at 10");
}

TEST_CASE("no deadline costs no timer") {
  World world;
  Event never(world.loop);
  CHECK_THROWS_AS(run(world.loop, wait_without_deadline(world, never)), std::logic_error);
  CHECK(world.clock.elapsed() == 0s);
}

TEST_CASE("the nearer deadline is the one that is reported") {
  World world;
  CHECK(run(world.loop, sleep_with_two_deadlines(world, world.at(2s), world.at(5s), 10s)) == "total timeout at 2");
  CHECK(run(world.loop, sleep_with_two_deadlines(world, world.at(20s), world.at(5s), 10s)) == "timeout at 5");
}

TEST_CASE("an outer cancel is never reported as a timeout") {
  World world;
  CancelScope outer;
  outer.cancel(CancelReason::interrupted);
  CHECK(run(world.loop, sleep_with_deadline(world, outer, world.at(0s), 10s)) == "interrupted at 0");
}

TEST_CASE("clean-up work is deaf to a cancel, but not to a force that comes after its start") {
  CancelScope outer;
  outer.cancel(CancelReason::interrupted);
  ShieldedScope early(outer);
  CHECK_FALSE(early.cancelled());
  outer.force(CancelReason::interrupted);
  CHECK(early.forced());
  ShieldedScope late(outer);
  CancelScope below(outer);
  ShieldedScope further_in(below);
  CancelScope& around = late;
  ShieldedScope in_late(around);
  CHECK_FALSE(late.cancelled());
  CHECK_FALSE(further_in.cancelled());
  outer.force(CancelReason::terminated);
  CHECK(late.forced());
  CHECK(late.reason() == CancelReason::interrupted);
  CHECK(further_in.forced());
  CHECK(in_late.forced());
}
