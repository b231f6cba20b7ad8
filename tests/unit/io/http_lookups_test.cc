// The first request to a host looks its name up, the others wait: who leads when, and what the others hear. Knows no DNS.
#include "io/http_lookups.h"

#include <string>
#include <vector>

#include "catch.h"
#include "loop/fake_clock.h"

namespace corun {
namespace {

using Turn = HttpLookups::Turn;

struct Fixture {
  FakeClock clock;
  Loop loop{clock};
  HttpLookups lookups{loop, 2};
  std::vector<std::string> heard;
};

Task<void> ask(Fixture& fixture, std::string name, std::string authority, CancelScope& scope) {
  const Turn turn = co_await fixture.lookups.wait(authority, scope);
  const char* word = turn == Turn::go ? "go" : turn == Turn::lead ? "lead" : turn == Turn::failed ? "failed" : "cancelled";
  fixture.heard.push_back(name + " " + word);
}

Task<void> turns(Loop& loop, int count) {
  for (int i = 0; i < count; ++i) co_await NextTurn(loop);
}

using Heard = std::vector<std::string>;

enum class Ending { answered, failed, gave_up };

// Three ask for one host; the first ends its lookup in this way.
Task<int> three(Fixture& fixture, Ending ending) {
  CancelScope scope;
  TaskGroup group(fixture.loop);
  for (const char* name : {"a", "b", "c"}) group.start(ask(fixture, name, "h:80", scope));
  co_await turns(fixture.loop, 5);
  CHECK(fixture.heard == Heard{"a lead"});
  if (ending == Ending::answered) fixture.lookups.answered("h:80");
  if (ending == Ending::failed) fixture.lookups.failed("h:80");
  if (ending == Ending::gave_up) {
    fixture.lookups.gave_up("h:80");
    co_await turns(fixture.loop, 5);
    CHECK(fixture.heard == Heard{"a lead", "b lead"});
    fixture.lookups.answered("h:80");
  }
  co_await group.join();
  co_return 0;
}

TEST_CASE_METHOD(Fixture, "an answer lets all go") {
  run(loop, three(*this, Ending::answered));
  CHECK(heard == Heard{"a lead", "b go", "c go"});
  CHECK(lookups.fresh("h:80"));
  CHECK_FALSE(lookups.fresh("h:81"));
  clock.advance(HttpLookups::kFresh);
  CHECK_FALSE(lookups.fresh("h:80"));
}

TEST_CASE_METHOD(Fixture, "a host that isn't there fails all, but not the next") {
  run(loop, three(*this, Ending::failed));
  CHECK(heard == Heard{"a lead", "b failed", "c failed"});
  CHECK_FALSE(lookups.fresh("h:80"));
  CancelScope scope;
  run(loop, ask(*this, "d", "h:80", scope));
  CHECK(heard.back() == "d lead");
}

TEST_CASE_METHOD(Fixture, "a leader that gives up is followed by the next in line") {
  run(loop, three(*this, Ending::gave_up));
  CHECK(heard == Heard{"a lead", "b lead", "c go"});
}

Task<int> crowd(Fixture& fixture) {
  CancelScope scope;
  CancelScope impatient(scope);
  TaskGroup group(fixture.loop);
  group.start(ask(fixture, "a", "a:1", scope));
  group.start(ask(fixture, "b", "b:1", scope));
  group.start(ask(fixture, "c", "c:1", impatient));
  group.start(ask(fixture, "c2", "c:1", scope));
  co_await turns(fixture.loop, 5);
  CHECK(fixture.heard == Heard{"a lead", "b lead"});  // only two lookups at once
  impatient.cancel(CancelReason::interrupted);
  co_await turns(fixture.loop, 5);
  CHECK(fixture.heard == Heard{"a lead", "b lead", "c cancelled"});
  fixture.lookups.gave_up("a:1");
  co_await turns(fixture.loop, 5);
  CHECK(fixture.heard.back() == "c2 lead");
  fixture.lookups.answered("c:1");
  fixture.lookups.answered("b:1");
  co_await group.join();
  co_return 0;
}

TEST_CASE_METHOD(Fixture, "few lookups at once; a cancelled one gives its turn on") {
  run(loop, crowd(*this));
  CHECK(heard == Heard{"a lead", "b lead", "c cancelled", "c2 lead"});
}

Task<int> woken_and_cancelled(Fixture& fixture) {
  CancelScope scope;
  CancelScope impatient(scope);
  TaskGroup group(fixture.loop);
  group.start(ask(fixture, "a", "h:1", scope));
  group.start(ask(fixture, "b", "h:1", impatient));
  group.start(ask(fixture, "c", "h:1", scope));
  co_await turns(fixture.loop, 5);
  fixture.lookups.gave_up("h:1");  // wakes b, which is cancelled before it runs
  impatient.cancel(CancelReason::interrupted);
  co_await turns(fixture.loop, 5);
  fixture.lookups.answered("h:1");
  co_await group.join();
  co_return 0;
}

TEST_CASE_METHOD(Fixture, "one that is cancelled just when it should lead passes it on") {
  run(loop, woken_and_cancelled(*this));
  CHECK(heard == Heard{"a lead", "b cancelled", "c lead"});
}

Task<int> waiter_leaves(Fixture& fixture) {
  CancelScope scope;
  CancelScope impatient(scope);
  TaskGroup group(fixture.loop);
  group.start(ask(fixture, "a", "h:1", scope));
  group.start(ask(fixture, "b", "h:1", impatient));
  group.start(ask(fixture, "c", "h:1", scope));
  co_await turns(fixture.loop, 5);
  impatient.cancel(CancelReason::lost_race);
  co_await turns(fixture.loop, 5);
  fixture.lookups.answered("h:1");
  co_await group.join();
  co_return 0;
}

TEST_CASE_METHOD(Fixture, "a cancelled waiter leaves the line") {
  run(loop, waiter_leaves(*this));
  CHECK(heard == Heard{"a lead", "b cancelled", "c go"});
}

}  // namespace
}  // namespace corun
