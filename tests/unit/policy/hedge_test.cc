// Attempts beside each other by hand: when the next is due, who decides; p95; the budget's vector 16. Knows no engine.
#include "policy/hedge.h"

#include "catch.h"
#include "support.h"

using namespace corun;

namespace {

TimePoint at(Duration since) { return TimePoint(since); }

}  // namespace

TEST_CASE("p95 is the nearest rank, of twenty times at least") {
  std::vector<Duration> times;
  for (int i = 19; i >= 1; --i) times.push_back(std::chrono::milliseconds(i));
  CHECK_FALSE(p95(times).has_value());
  times.push_back(20ms);
  CHECK(p95(times) == 19ms);
  for (int i = 21; i <= 100; ++i) times.push_back(std::chrono::milliseconds(i));
  CHECK(p95(times) == 95ms);
  times.push_back(101ms);
  CHECK(p95(times) == 96ms);
}

TEST_CASE("another attempt is due after a while, and another one after the same while again, up to the most") {
  Hedge hedge(300ms, 2, at(1s));
  REQUIRE(hedge.due() == at(1300ms));
  CHECK(hedge.ask(nullptr, false) == Hedge::Refusal::none);
  CHECK(hedge.due() == at(1600ms));  // whether the one that has asked begins or not
  CHECK(hedge.began(at(1500ms)) == 1);
  REQUIRE(hedge.due() == at(1800ms));
  CHECK(hedge.ask(nullptr, false) == Hedge::Refusal::none);
  CHECK_FALSE(hedge.due().has_value());
}

TEST_CASE("the first success decides, whoever's it is") {
  Hedge hedge(300ms, 2, at(0s));
  CHECK(hedge.ask(nullptr, false) == Hedge::Refusal::none);
  hedge.began(at(300ms));
  SECTION("of the one beside it") {
    CHECK(hedge.ended(1, true));
    CHECK(hedge.decider() == 1);
    CHECK_FALSE(hedge.ended(0, true));  // too late
    CHECK(hedge.decider() == 1);
  }
  SECTION("of the first, after the other has failed") {
    CHECK_FALSE(hedge.ended(1, false));
    CHECK(hedge.due().has_value());
    CHECK(hedge.ended(0, true));
    CHECK(hedge.decider() == 0);
    CHECK_FALSE(hedge.due().has_value());
  }
}

TEST_CASE("if all fail it is the first one's failure, whichever comes last") {
  for (const std::size_t last : {0U, 1U}) {
    Hedge hedge(300ms, 1, at(0s));
    CHECK(hedge.ask(nullptr, false) == Hedge::Refusal::none);
    hedge.began(at(300ms));
    CHECK_FALSE(hedge.ended(1 - last, false));
    CHECK(hedge.ended(last, false));
    CHECK(hedge.decider() == 0);
  }
}

TEST_CASE("what has only asked to go when the rest has failed decides nothing") {
  Hedge hedge(300ms, 1, at(0s));
  CHECK(hedge.ask(nullptr, false) == Hedge::Refusal::none);
  CHECK(hedge.ended(0, false));
  CHECK(hedge.decider() == 0);
}

TEST_CASE("it pays from the budget, whose vector 16 holds for it, and rests while the breaker is half-open") {
  RetryBudget budget;
  for (int i = 0; i < 4; ++i) budget.record_failure();
  CHECK(Hedge(1s, 1, at(0s)).ask(&budget, false) == Hedge::Refusal::none);
  budget.record_failure();  // 5 failures block …
  Hedge blocked(1s, 1, at(0s));
  CHECK(blocked.ask(&budget, false) == Hedge::Refusal::budget);
  budget.record_success();                 // … one success (5.1) unblocks
  CHECK_FALSE(blocked.due().has_value());  // a refusal is final
  CHECK(Hedge(1s, 1, at(0s)).ask(&budget, false) == Hedge::Refusal::none);
  CHECK(Hedge(1s, 1, at(0s)).ask(&budget, true) == Hedge::Refusal::half_open);
}
