// Verdicts over groups of children.
#include "policy/gather.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch.h"
#include "support.h"

using namespace corun;

namespace {

struct Child {
  Duration end;
  bool success;
};

// a ends at .3 S, b at .1 F, c at .05 S (resilience.md §6).
constexpr Child kA{300ms, true};
constexpr Child kB{100ms, false};
constexpr Child kC{50ms, true};

struct Played {
  Duration verdict_at{};
  Duration ended_at{};
  bool succeeded = false;
  std::set<std::size_t> cancelled;
};

// Lets the children end at their times; cancelled ones end at the moment of the cancel.
Played play(Gather& gather, const std::vector<Child>& children) {
  std::vector<std::size_t> running;
  for (std::size_t i = 0; i < children.size(); ++i) running.push_back(i);
  std::sort(running.begin(), running.end(), [&](std::size_t a, std::size_t b) { return children[a].end < children[b].end; });
  Played played;
  for (std::size_t i = 0; i < running.size(); ++i) {
    const std::size_t child = running[i];
    const bool before = gather.settled();
    if (gather.cancel_rest()) {
      played.cancelled.insert(child);
      gather.child_ended(child, false);
      continue;
    }
    gather.child_ended(child, children[child].success);
    played.ended_at = children[child].end;
    if (!before && gather.settled()) played.verdict_at = children[child].end;
  }
  CHECK(gather.finished());
  played.succeeded = gather.succeeded();
  return played;
}

}  // namespace

TEST_CASE("vector 19: all with on_failure continue fails at .10 and runs on to .30", "[vector]") {
  Gather gather(GatherPolicy::all, 0, true, 3);
  const Played played = play(gather, {kA, kB, kC});
  CHECK_FALSE(played.succeeded);
  CHECK(played.verdict_at == 100ms);
  CHECK(played.ended_at == 300ms);
  CHECK(played.cancelled.empty());
  CHECK(gather.first_failure() == std::size_t{1});
}

TEST_CASE("vector 19: settled ends at .30 with the failure as a value", "[vector]") {
  Gather gather(GatherPolicy::settled, 0, false, 3);
  const Played played = play(gather, {kA, kB, kC});
  CHECK(played.succeeded);
  CHECK(played.verdict_at == 300ms);
  CHECK(played.ended_at == 300ms);
  CHECK(gather.first_failure() == std::size_t{1});
  CHECK(gather.completion_order() == std::vector<std::size_t>{2, 1, 0});
}

TEST_CASE("vector 19: all fails at .10 and cancels a", "[vector]") {
  Gather gather(GatherPolicy::all, 0, false, 3);
  const Played played = play(gather, {kA, kB, kC});
  CHECK_FALSE(played.succeeded);
  CHECK(played.verdict_at == 100ms);
  CHECK(played.ended_at == 100ms);
  CHECK(played.cancelled == std::set<std::size_t>{0});
  CHECK(gather.first_failure() == std::size_t{1});
}

TEST_CASE("vector 20: race of a and c is c's at .05", "[vector]") {
  Gather gather(GatherPolicy::race, 0, false, 2);
  const Played played = play(gather, {kA, kC});
  CHECK(played.succeeded);
  CHECK(played.verdict_at == 50ms);
  CHECK(gather.completion_order().front() == 1);
  CHECK(played.cancelled == std::set<std::size_t>{0});
  CHECK_FALSE(gather.first_failure().has_value());
}

TEST_CASE("vector 20: any of a and b is a's at .30", "[vector]") {
  Gather gather(GatherPolicy::any, 0, false, 2);
  const Played played = play(gather, {kA, kB});
  CHECK(played.succeeded);
  CHECK(played.verdict_at == 300ms);
}

TEST_CASE("vector 20: quorum 2 of a, b, c at .30; quorum 3 fails at .10", "[vector]") {
  Gather two(GatherPolicy::quorum, 2, false, 3);
  const Played reached = play(two, {kA, kB, kC});
  CHECK(reached.succeeded);
  CHECK(reached.verdict_at == 300ms);

  Gather three(GatherPolicy::quorum, 3, false, 3);
  const Played missed = play(three, {kA, kB, kC});
  CHECK_FALSE(missed.succeeded);
  CHECK(missed.verdict_at == 100ms);
  CHECK(missed.cancelled == std::set<std::size_t>{0});
  CHECK(three.first_failure() == std::size_t{1});
}

TEST_CASE("all and settled over nothing succeed at once") {
  for (const GatherPolicy policy : {GatherPolicy::all, GatherPolicy::settled}) {
    const Gather gather(policy, 0, false, 0);
    CHECK(gather.settled());
    CHECK(gather.succeeded());
    CHECK(gather.finished());
    CHECK_FALSE(gather.cancel_rest());
  }
}

TEST_CASE("all succeeds with its last child") {
  Gather gather(GatherPolicy::all, 0, false, 2);
  gather.child_ended(1, true);
  CHECK_FALSE(gather.settled());
  CHECK_FALSE(gather.succeeded());
  gather.child_ended(0, true);
  CHECK(gather.settled());
  CHECK(gather.succeeded());
  CHECK_FALSE(gather.cancel_rest());
}

TEST_CASE("any fails when all have failed; the first failure by completion is the group's") {
  Gather gather(GatherPolicy::any, 0, false, 3);
  gather.child_ended(2, false);
  gather.child_ended(0, false);
  CHECK_FALSE(gather.settled());
  gather.child_ended(1, false);
  CHECK(gather.settled());
  CHECK_FALSE(gather.succeeded());
  CHECK(gather.first_failure() == std::size_t{2});
}

TEST_CASE("race is decided by a failure too") {
  Gather gather(GatherPolicy::race, 0, false, 2);
  gather.child_ended(1, false);
  CHECK(gather.settled());
  CHECK_FALSE(gather.succeeded());
  CHECK(gather.cancel_rest());
}

TEST_CASE("losers change neither verdict nor error, and nobody is left to cancel in the end") {
  Gather gather(GatherPolicy::any, 0, false, 3);
  gather.child_ended(1, true);
  CHECK(gather.cancel_rest());
  gather.child_ended(0, false);
  CHECK(gather.cancel_rest());
  gather.child_ended(2, false);
  CHECK_FALSE(gather.cancel_rest());
  CHECK(gather.finished());
  CHECK(gather.succeeded());
  CHECK_FALSE(gather.first_failure().has_value());
}

TEST_CASE("a quorum fails as soon as it can't be reached") {
  Gather gather(GatherPolicy::quorum, 2, false, 3);
  gather.child_ended(0, false);
  CHECK_FALSE(gather.settled());
  gather.child_ended(1, false);
  CHECK(gather.settled());
  CHECK_FALSE(gather.succeeded());
  CHECK(gather.cancel_rest());
}
