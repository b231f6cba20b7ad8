// Rate limits, bulkheads and retry budgets.
#include "policy/rate.h"

#include <limits>

#include "catch.h"
#include "policy/budget.h"
#include "policy/limit.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

TEST_CASE("vector 16: five failures block retries, one success lets them go on", "[vector]") {
  RetryBudget budget;
  for (int i = 0; i < 4; ++i) {
    budget.record_failure();
    CHECK(budget.allows_retry());
  }
  budget.record_failure();
  CHECK(budget.left() == 5000);
  CHECK_FALSE(budget.allows_retry());
  budget.record_success();
  CHECK(budget.left() == 5100);
  CHECK(budget.allows_retry());
}

TEST_CASE("a budget stays between nothing and its most") {
  RetryBudget budget;
  budget.record_success();
  CHECK(budget.left() == 10'000);
  for (int i = 0; i < 20; ++i) budget.record_failure();
  CHECK(budget.left() == 0);
  for (int i = 0; i < 50; ++i) budget.record_success();
  CHECK(budget.left() == 5000);
  CHECK_FALSE(budget.allows_retry());
}

TEST_CASE("vector 17: 1/s, burst 5", "[vector]") {
  Rate rate(1, 1s, 5);
  const Rate::Decision never = rate.try_acquire(at(0s), 6);
  CHECK_FALSE(never.allowed);
  CHECK_FALSE(never.retry_after.has_value());
  for (const std::uint32_t left : {4U, 3U, 2U, 1U, 0U}) {
    CHECK(rate.try_acquire(at(0s)).allowed);
    CHECK(rate.remaining(at(0s)) == left);
  }
  const Rate::Decision sixth = rate.try_acquire(at(0s));
  CHECK_FALSE(sixth.allowed);
  CHECK(sixth.retry_after == Duration(1s));

  CHECK(rate.try_acquire(at(3s)).allowed);
  CHECK(rate.remaining(at(3s)) == 2);
  CHECK(rate.try_acquire(at(3100ms)).allowed);
  CHECK(rate.remaining(at(3100ms)) == 1);
  CHECK(rate.try_acquire(at(4s)).allowed);
  CHECK(rate.remaining(at(4s)) == 1);
  CHECK(rate.try_acquire(at(8s)).allowed);
  CHECK(rate.remaining(at(8s)) == 4);
  CHECK(rate.try_acquire(at(9500ms), 1).allowed);
  CHECK(rate.try_acquire(at(9500ms), 2).allowed);
  const Rate::Decision five = rate.try_acquire(at(9500ms), 5);
  CHECK_FALSE(five.allowed);
  CHECK(five.retry_after == Duration(3s));
}

TEST_CASE("vector 18: 10/s, burst 3, with the clock going back", "[vector]") {
  const TimePoint t0 = at(10s);
  for (const TimePoint t1 : {t0 + 100ms, t0 + 1s, t0 + 1h}) {
    Rate rate(10, 1s, 3);
    CHECK(rate.try_acquire(t1).allowed);
    CHECK(rate.try_acquire(t0).allowed);
    CHECK(rate.try_acquire(t0).allowed);
    CHECK_FALSE(rate.try_acquire(t0).allowed);
    CHECK(rate.try_acquire(t1).allowed);
    if (t1 == t0 + 100ms) CHECK_FALSE(rate.try_acquire(t1).allowed);
  }
}

TEST_CASE("peeking at a rate changes nothing, and its retry-after is exact") {
  Rate rate(10, 1s, 1);
  CHECK(rate.peek(at(0s)).allowed);
  CHECK(rate.peek(at(0s)).allowed);
  CHECK(rate.try_acquire(at(0s)).allowed);
  const Duration wait = rate.peek(at(30ms)).retry_after.value();
  CHECK(wait == 70ms);
  CHECK_FALSE(rate.peek(at(30ms) + wait - 1ns).allowed);
  CHECK(rate.peek(at(30ms) + wait).allowed);
  CHECK_FALSE(rate.peek(at(0s)).allowed);
}

TEST_CASE("a permit that is given back can be taken again") {
  Rate rate(1, 1s, 2);
  CHECK(rate.try_acquire(at(0s), 2).allowed);
  CHECK_FALSE(rate.peek(at(0s)).allowed);
  rate.give_back();
  CHECK(rate.remaining(at(0s)) == 1);
  CHECK(rate.try_acquire(at(0s)).allowed);
  CHECK_FALSE(rate.try_acquire(at(0s)).allowed);
}

TEST_CASE("giving back long after doesn't pile up more than the burst") {
  Rate rate(1, 1s, 2);
  CHECK(rate.try_acquire(at(0s), 2).allowed);
  rate.give_back(2);
  CHECK(rate.remaining(at(1h)) == 2);
  CHECK_FALSE(rate.try_acquire(at(1h), 3).allowed);
}

TEST_CASE("a rate that doesn't divide the second is never passed") {
  Rate rate(3, 1s, 1);
  int given = 0;
  for (Duration now{}; now < 10s; now += 1ms) given += static_cast<int>(rate.try_acquire(at(now)).allowed);
  CHECK(given == 30);
  Rate fresh(3, 1s, 1);
  for (int i = 0; i < 3; ++i) CHECK(fresh.try_acquire(at(i * 333'333'334ns)).allowed);
  CHECK_FALSE(fresh.peek(at(1s)).allowed);
  CHECK(fresh.peek(at(1s + 2ns)).allowed);
}

TEST_CASE("extreme rates don't overflow") {
  Rate slow(1, 24h * 365, std::numeric_limits<std::uint32_t>::max());
  CHECK(slow.try_acquire(at(0s)).allowed);
  CHECK(slow.remaining(at(24h)) > 0);
  CHECK_FALSE(slow.try_acquire(at(24h), 1000).allowed);
  CHECK(slow.peek(at(24h), 1000).retry_after.value() > 0s);
  Rate fast(std::numeric_limits<std::uint32_t>::max(), 1s, 1);
  CHECK(fast.try_acquire(at(0s)).allowed);
  CHECK_FALSE(fast.try_acquire(at(0s)).allowed);
  CHECK(fast.try_acquire(at(1ns)).allowed);
}

TEST_CASE("a limit counts who runs") {
  LimitSettings settings;
  settings.concurrency = 2;
  Limit limit(settings);
  CHECK(limit.try_acquire(at(0s)).allowed);
  CHECK(limit.try_acquire(at(0s)).allowed);
  const Limit::Decision third = limit.try_acquire(at(0s));
  CHECK_FALSE(third.allowed);
  CHECK_FALSE(third.retry_after.has_value());
  CHECK(limit.running() == 2);
  limit.release(at(0s));
  CHECK(limit.peek(at(0s)).allowed);
  CHECK(limit.running() == 1);
  CHECK(limit.try_acquire(at(0s)).allowed);
}

TEST_CASE("a limit with a rate says when, and a full one takes no permit of the rate") {
  LimitSettings settings;
  settings.concurrency = 1;
  settings.rate_count = 1;
  settings.burst = 2;
  Limit limit(settings);
  CHECK(limit.try_acquire(at(0s)).allowed);
  CHECK_FALSE(limit.try_acquire(at(0s)).allowed);  // running() is the reason: the second permit stays
  limit.release(at(0s));
  CHECK(limit.try_acquire(at(0s)).allowed);
  limit.release(at(0s));
  const Limit::Decision empty = limit.try_acquire(at(0s));
  CHECK_FALSE(empty.allowed);
  CHECK(empty.retry_after == Duration(1s));
}

TEST_CASE("a call that never began gives its place and its permit back") {
  LimitSettings settings;
  settings.rate_count = 1;
  Limit limit(settings);
  CHECK(limit.try_acquire(at(0s)).allowed);
  CHECK_FALSE(limit.peek(at(0s)).allowed);
  limit.give_back(at(0s));
  CHECK(limit.running() == 0);
  CHECK(limit.try_acquire(at(0s)).allowed);
}

TEST_CASE("the queue of a limit is bounded by max_queue") {
  LimitSettings settings;
  settings.concurrency = 1;
  settings.max_queue = 1;
  Limit limit(settings);
  CHECK(limit.enter_queue());
  CHECK_FALSE(limit.enter_queue());
  CHECK(limit.waiting() == 1);
  limit.leave_queue();
  CHECK(limit.enter_queue());

  settings.max_queue = 0;
  CHECK_FALSE(Limit(settings).enter_queue());
  settings.max_queue.reset();
  Limit unbounded(settings);
  for (int i = 0; i < 10'000; ++i) REQUIRE(unbounded.enter_queue());
}
