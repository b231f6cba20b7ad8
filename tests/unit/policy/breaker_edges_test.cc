// Breakers at their edges: ageing, growth, clocks, modes, classification, and the store of named ones.
#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.h"
#include "policy/breaker.h"
#include "policy/breaker_store.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

// Opens with every failure.
BreakerSettings hair_trigger() {
  BreakerSettings settings;
  settings.consecutive = 1;
  return settings;
}

void call(Breaker& breaker, CallResult result, TimePoint now, Duration took = 0s) {
  const Breaker::Decision decision = breaker.try_acquire(now);
  REQUIRE(decision.allowed);
  breaker.record(decision.permit, now, result, took);
}

constexpr auto kS = CallResult::success;
constexpr auto kF = CallResult::failure;

}  // namespace

TEST_CASE("calls older than window_age don't count") {
  ScriptedRandom random;
  BreakerSettings settings;
  settings.consecutive = 0;
  settings.window_age = 1h;
  Breaker breaker(settings, random);
  for (int i = 0; i < 4; ++i) call(breaker, kF, at(0s));
  CHECK(breaker.failure_ratio(at(1h)) == 1);
  CHECK(breaker.failure_ratio(at(1h + 1ns)) == 0);
  call(breaker, kF, at(1h + 1ns));
  CHECK(breaker.phase() == BreakerPhase::closed);
  CHECK(breaker.state().window.size() == 1);
  for (int i = 0; i < 3; ++i) call(breaker, kF, at(1h + 1ns));
  call(breaker, kF, at(2h + 1ns));
  CHECK(breaker.phase() == BreakerPhase::open);
}

TEST_CASE("by default five consecutive failures open it, and a neutral call between them counts for nothing") {
  ScriptedRandom random;
  BreakerSettings settings;
  settings.min_calls = 20;
  Breaker breaker(settings, random);
  for (int i = 0; i < 4; ++i) call(breaker, kF, at(0s));
  call(breaker, CallResult::neutral, at(0s));
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, kF, at(0s));
  CHECK(breaker.phase() == BreakerPhase::open);
}

TEST_CASE("a window smaller than min_calls is judged when it is full") {
  ScriptedRandom random;
  BreakerSettings settings;
  settings.consecutive = 0;
  settings.window = 3;
  settings.min_calls = 5;
  Breaker breaker(settings, random);
  call(breaker, kF, at(0s));
  call(breaker, kF, at(0s));
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, kS, at(0s));
  CHECK(breaker.phase() == BreakerPhase::open);
}

TEST_CASE("the open time doubles with each failed trial up to max_open_for and is reset by closing") {
  ScriptedRandom random;
  Breaker breaker(hair_trigger(), random);
  TimePoint now = at(0s);
  call(breaker, kF, now);
  for (const Duration expected :
       {Duration(30s), Duration(60s), Duration(2min), Duration(4min), Duration(8min), Duration(10min), Duration(10min)}) {
    CHECK(breaker.state().open_for == expected);
    now += expected;
    call(breaker, kF, now);
  }
  now += 10min;
  call(breaker, kS, now);
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, kF, now);
  CHECK(breaker.state().open_for == 30s);
}

TEST_CASE("the open time is jittered by ten percent") {
  for (const auto& [r, least, most] : {std::tuple(0.0, 27s, 27s), std::tuple(kAlmostOne, 32s, 33s)}) {
    ScriptedRandom random({}, r);
    Breaker breaker(hair_trigger(), random);
    call(breaker, kF, at(0s));
    CHECK(breaker.state().open_for >= least);
    CHECK(breaker.state().open_for <= most);
  }
}

TEST_CASE("open times don't overflow") {
  ScriptedRandom random({}, kAlmostOne);
  BreakerSettings settings = hair_trigger();
  settings.open_for = Duration::max() / 4;
  settings.max_open_for = Duration::max() / 4;
  BreakerState state;
  state.reopened = std::numeric_limits<std::uint32_t>::max() - 1;
  Breaker breaker(settings, random, state);
  call(breaker, kF, at(0s));
  CHECK(breaker.state().open_for == Duration::max() / 4);
  CHECK_FALSE(breaker.peek(at(1h)).allowed);
}

TEST_CASE("a clock that is set back makes nobody wait longer than the open time") {
  ScriptedRandom random;
  Breaker breaker(hair_trigger(), random);
  call(breaker, kF, at(10h));
  CHECK(breaker.peek(at(1h)).retry_after == Duration(30s));
  CHECK_FALSE(breaker.try_acquire(at(1h)).allowed);
  CHECK(breaker.try_acquire(at(1h + 30s)).allowed);
}

TEST_CASE("peeking changes nothing") {
  ScriptedRandom random;
  Breaker breaker(hair_trigger(), random);
  call(breaker, kF, at(0s));
  CHECK(breaker.peek(at(30s)).allowed);
  CHECK(breaker.peek(at(30s)).allowed);
  CHECK(breaker.phase() == BreakerPhase::open);
  CHECK(breaker.try_acquire(at(30s)).allowed);
  CHECK_FALSE(breaker.peek(at(30s)).allowed);
  CHECK_FALSE(breaker.try_acquire(at(30s)).retry_after.has_value());
}

TEST_CASE("successes may be fewer than probes") {
  ScriptedRandom random;
  BreakerSettings settings = hair_trigger();
  settings.probes = 4;
  settings.successes = 2;
  for (const auto& [results, phase] :
       {std::pair(std::string("FFSS"), BreakerPhase::closed), std::pair(std::string("FFF"), BreakerPhase::open),
        std::pair(std::string("SFS"), BreakerPhase::closed)}) {
    Breaker breaker(settings, random);
    call(breaker, kF, at(0s));
    for (std::size_t i = 0; i < results.size(); ++i) {
      CHECK(breaker.phase() == (i == 0 ? BreakerPhase::open : BreakerPhase::half_open));
      call(breaker, results[i] == 'S' ? kS : kF, at(30s));
    }
    CHECK(breaker.phase() == phase);
  }
}

TEST_CASE("a slow probe is a failed one where slow calls count") {
  ScriptedRandom random;
  BreakerSettings settings = hair_trigger();
  settings.slow_after = 1s;
  Breaker indifferent(settings, random);
  call(indifferent, kF, at(0s));
  call(indifferent, kS, at(30s), 2s);
  CHECK(indifferent.phase() == BreakerPhase::closed);
  settings.slow_ratio = 0.5;
  Breaker strict(settings, random);
  call(strict, kF, at(0s));
  call(strict, kS, at(30s), 2s);
  CHECK(strict.phase() == BreakerPhase::open);
}

TEST_CASE("forced closed lets everything through and records nothing") {
  ScriptedRandom random;
  BreakerSettings settings = hair_trigger();
  settings.mode = BreakerSettings::Mode::forced_closed;
  Breaker breaker(settings, random);
  for (int i = 0; i < 10; ++i) call(breaker, kF, at(0s));
  CHECK(breaker.phase() == BreakerPhase::closed);
  CHECK(breaker.state().window.empty());
}

TEST_CASE("a change of mode makes permits void and keeps the phase") {
  ScriptedRandom random;
  Breaker breaker(hair_trigger(), random);
  const Breaker::Decision before = breaker.try_acquire(at(0s));
  breaker.set_mode(BreakerSettings::Mode::forced_open);
  CHECK_FALSE(breaker.peek(at(0s)).allowed);
  breaker.set_mode(BreakerSettings::Mode::automatic);
  breaker.record(before.permit, at(1s), kF, 1s);
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, kF, at(2s));
  REQUIRE(breaker.try_acquire(at(32s)).allowed);  // a probe, never recorded
  breaker.set_mode(BreakerSettings::Mode::forced_closed);
  breaker.set_mode(BreakerSettings::Mode::automatic);
  CHECK(breaker.phase() == BreakerPhase::half_open);
  CHECK(breaker.peek(at(32s)).allowed);
  breaker.reset();
  CHECK(breaker.phase() == BreakerPhase::closed);
}

TEST_CASE("a breaker goes on from its stored state") {
  ScriptedRandom random;
  Breaker first(hair_trigger(), random);
  call(first, kF, at(0s));
  call(first, kF, at(30s));
  Breaker second(hair_trigger(), random, first.state());
  CHECK(second.phase() == BreakerPhase::open);
  CHECK(second.peek(at(31s)).retry_after == Duration(59s));
  call(second, kF, at(90s));
  CHECK(second.state().open_for == 2min);
}

TEST_CASE("what a breaker counts as failure, success and nothing") {
  const auto kind = [](FailureKind failure) { return classify_for_breaker(outcome_of(failure), false); };
  CHECK(kind(FailureKind::none) == CallResult::success);
  for (const FailureKind failure :
       {FailureKind::signal, FailureKind::attempt_timeout, FailureKind::connect_timeout, FailureKind::idle_timeout,
        FailureKind::resolve, FailureKind::connect, FailureKind::tls_handshake, FailureKind::tls_trust, FailureKind::transfer,
        FailureKind::checksum, FailureKind::group}) {
    INFO(to_string(failure));
    CHECK(kind(failure) == CallResult::failure);
  }
  for (const FailureKind neutral :
       {FailureKind::cancelled, FailureKind::breaker_open, FailureKind::limit_full, FailureKind::queue_timeout,
        FailureKind::total_timeout, FailureKind::run_timeout, FailureKind::command_not_found, FailureKind::not_executable,
        FailureKind::spawn, FailureKind::invalid_request, FailureKind::body_too_large, FailureKind::too_many_redirects,
        FailureKind::internal, FailureKind::result_too_large, FailureKind::refused, FailureKind::save}) {
    INFO(to_string(neutral));
    CHECK(kind(neutral) == CallResult::neutral);
  }
  Outcome nothing_asked;
  nothing_asked.unsent = true;
  CHECK(classify_for_breaker(nothing_asked, false) == CallResult::neutral);
  CHECK(classify_for_breaker(http_status(500), false) == CallResult::failure);
  CHECK(classify_for_breaker(http_status(501), false) == CallResult::failure);
  CHECK(classify_for_breaker(http_status(429), false) == CallResult::failure);
  CHECK(classify_for_breaker(http_status(404), false) == CallResult::neutral);
  CHECK(classify_for_breaker(http_status(302), false) == CallResult::neutral);
  CHECK(classify_for_breaker(exit_code(1), false) == CallResult::failure);
  CHECK(classify_for_breaker(exit_code(127), false) == CallResult::neutral);
  CHECK(classify_for_breaker(outcome_of(FailureKind::expectation), false) == CallResult::neutral);
  CHECK(classify_for_breaker(outcome_of(FailureKind::expectation), true) == CallResult::failure);
  const auto sql = [](std::string_view sqlstate) {
    Outcome outcome = outcome_of(FailureKind::sql_error);
    std::copy(sqlstate.begin(), sqlstate.end(), outcome.sqlstate.begin());
    return classify_for_breaker(outcome, false);
  };
  for (const char* trouble : {"08006", "53300", "57P03", "58030", "XX000"}) CHECK(sql(trouble) == CallResult::failure);
  for (const char* statement : {"23505", "42601", "57014", "40001", "08P01"}) CHECK(sql(statement) == CallResult::neutral);
  Outcome offline = outcome_of(FailureKind::connect);
  offline.network_down = true;
  CHECK(classify_for_breaker(offline, false) == CallResult::neutral);
}

TEST_CASE("the store tells of transitions, by name and index, and keeps breakers and budgets apart") {
  ScriptedRandom random;
  MemoryBreakerStore store({{"api", BreakerSettings()}, {"db", hair_trigger()}}, random);
  std::vector<std::string> told;
  store.set_listener([&](const BreakerTransition& transition) {
    told.push_back(std::to_string(transition.breaker) + " " + std::string(transition.name) + " " + to_string(transition.from) +
                   " " + to_string(transition.to) + " " + std::to_string(transition.open_for / 1s) + " at " +
                   std::to_string(transition.time.time_since_epoch() / 1s));
  });
  CHECK(store.size() == 2);
  CHECK(store.name(0) == "api");
  CHECK(store.settings(1).consecutive == 1);
  for (const std::uint32_t breaker : {0U, 1U}) {
    const Breaker::Decision decision = store.try_acquire(breaker, at(0s), 1min);
    store.record(breaker, decision.permit, at(1s), kF, 1s);
  }
  CHECK(store.peek(0, at(1s)).allowed);
  CHECK_FALSE(store.peek(1, at(1s)).allowed);
  const Breaker::Decision probe = store.try_acquire(1, at(31s), 1min);
  store.record(1, probe.permit, at(32s), kS, 1s);
  CHECK(told ==
        std::vector<std::string>{"1 db closed open 30 at 1", "1 db open half-open 0 at 31", "1 db half-open closed 0 at 32"});

  store.record_in_budget(0, at(0s), false);
  CHECK(store.budget(0).left() == 9000);
  CHECK(store.budget(1).left() == 10'000);
}
