// The circuit breaker, vector by vector.
#include "policy/breaker.h"

#include <string_view>
#include <utility>
#include <vector>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

CallResult result_of(char c) { return c == 'S' ? CallResult::success : c == 'F' ? CallResult::failure : CallResult::neutral; }

// Each letter is one call at `now`: S success, F failure, N neutral.
void call(Breaker& breaker, std::string_view results, TimePoint now = at(0s), Duration took = 0s) {
  for (const char c : results) {
    const Breaker::Decision decision = breaker.try_acquire(now);
    REQUIRE(decision.allowed);
    breaker.record(decision.permit, now, result_of(c), took);
  }
}

// Opens the breaker at 0 and lets its first probe in at `now`.
Breaker::Permit first_probe(Breaker& breaker, TimePoint now) {
  while (breaker.phase() == BreakerPhase::closed) call(breaker, "F");
  const Breaker::Decision probe = breaker.try_acquire(now);
  REQUIRE(probe.allowed);
  REQUIRE(breaker.phase() == BreakerPhase::half_open);
  return probe.permit;
}

}  // namespace

TEST_CASE("vector 1: the ratio counts once min_calls are in", "[vector]") {
  ScriptedRandom random;
  const auto phase_after = [&](std::string_view calls) {
    Breaker breaker(by_ratio(0.1, 10), random);
    call(breaker, calls);
    return breaker.phase();
  };
  CHECK(phase_after("SSSSSSSSSS") == BreakerPhase::closed);
  CHECK(phase_after("FSSSSSSSSS") == BreakerPhase::open);
  CHECK(phase_after("FSSSSSSSS") == BreakerPhase::closed);

  // Judged call by call it would have opened with the tenth, were the least 10.
  Breaker breaker(by_ratio(0.1, 11), random);
  call(breaker, "FFSSSSSSSS");
  CHECK(breaker.phase() == BreakerPhase::closed);
  CHECK(breaker.failure_ratio(at(0s)) == Approx(0.2));
  call(breaker, "S");
  CHECK(breaker.phase() == BreakerPhase::open);
}

TEST_CASE("vector 2: min 5 at 50 %", "[vector]") {
  ScriptedRandom random;
  Breaker late(by_ratio(0.5, 5), random);
  call(late, "SSSFF");
  CHECK(late.phase() == BreakerPhase::closed);
  call(late, "F");
  CHECK(late.phase() == BreakerPhase::open);

  Breaker few(by_ratio(0.5, 5), random);
  call(few, "FFFS");
  CHECK(few.phase() == BreakerPhase::closed);
  call(few, "S");
  CHECK(few.phase() == BreakerPhase::open);
}

TEST_CASE("vector 3: slow calls open it at 60 %", "[vector]") {
  ScriptedRandom random;
  BreakerSettings settings = by_ratio(0.5, 5);
  settings.slow_ratio = 0.5;
  settings.slow_after = 4s;
  Breaker breaker(settings, random);
  for (const Duration took : {Duration(5s), Duration(5s), Duration(100ms), Duration(100ms)}) call(breaker, "S", at(0s), took);
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, "S", at(0s), 5s);
  CHECK(breaker.phase() == BreakerPhase::open);

  settings.slow_after = 5s;  // as long as that isn't slower than that
  Breaker patient(settings, random);
  for (int i = 0; i < 5; ++i) call(patient, "S", at(0s), 5s);
  CHECK(patient.phase() == BreakerPhase::closed);
}

TEST_CASE("vector 4: a trial of four probes", "[vector]") {
  ScriptedRandom random;
  BreakerSettings settings = by_ratio(0.5, 5);
  settings.probes = 4;
  Breaker breaker(settings, random);
  std::vector<Breaker::Permit> probes{first_probe(breaker, at(30s))};
  for (int i = 0; i < 3; ++i) {
    const Breaker::Decision decision = breaker.try_acquire(at(30s));
    REQUIRE(decision.allowed);
    CHECK(decision.permit.probe);
    probes.push_back(decision.permit);
  }
  CHECK_FALSE(breaker.try_acquire(at(30s)).allowed);

  SECTION("one released lets one more in") {
    breaker.record(probes[0], at(30s), CallResult::neutral, 0s);
    CHECK(breaker.try_acquire(at(30s)).allowed);
    CHECK_FALSE(breaker.try_acquire(at(30s)).allowed);
  }
  SECTION("a recorded one doesn't") {
    breaker.record(probes[0], at(30s), CallResult::success, 0s);
    CHECK_FALSE(breaker.try_acquire(at(30s)).allowed);
  }
  SECTION("FFSF opens, as soon as that is certain") {
    breaker.record(probes[0], at(30s), CallResult::failure, 0s);
    CHECK(breaker.phase() == BreakerPhase::half_open);
    breaker.record(probes[1], at(30s), CallResult::failure, 0s);
    CHECK(breaker.phase() == BreakerPhase::open);
    breaker.record(probes[2], at(30s), CallResult::success, 0s);
    breaker.record(probes[3], at(30s), CallResult::failure, 0s);
    CHECK(breaker.phase() == BreakerPhase::open);
    CHECK(breaker.state().reopened == 1);
  }
  SECTION("FSSS closes and zeroes the metrics") {
    for (const std::size_t i : {1U, 2U, 3U}) {
      breaker.record(probes[i - 1], at(30s), i == 1 ? CallResult::failure : CallResult::success, 0s);
      CHECK(breaker.phase() == BreakerPhase::half_open);
    }
    breaker.record(probes[3], at(30s), CallResult::success, 0s);
    CHECK(breaker.phase() == BreakerPhase::closed);
    CHECK(breaker.failure_ratio(at(30s)) == 0);
    CHECK(breaker.state().window.empty());
    CHECK(breaker.state().consecutive_failures == 0);
    CHECK(breaker.state().probe_failures == 0);
  }
}

TEST_CASE("vector 5: open for 5 s, times 1.5 on reopening", "[vector]") {
  BreakerSettings settings = by_ratio(0.5, 1);
  settings.open_for = 5s;
  settings.open_factor = 1.5;
  for (const double r : {0.0, 0.5, kAlmostOne}) {
    ScriptedRandom random({}, r);
    Breaker breaker(settings, random);
    call(breaker, "F");
    CHECK_FALSE(breaker.try_acquire(at(3s)).allowed);
    CHECK(breaker.peek(at(6s)).allowed);
    call(breaker, "F", at(6s));
    CHECK(breaker.phase() == BreakerPhase::open);
    CHECK_FALSE(breaker.try_acquire(at(6s + 6s)).allowed);
    CHECK(breaker.try_acquire(at(6s + 11s)).allowed);
  }
}

TEST_CASE("vector 6: a window of four calls", "[vector]") {
  ScriptedRandom random;
  BreakerSettings settings = by_ratio(0.5, 20);
  settings.window = 4;
  Breaker breaker(settings, random);
  std::vector<double> rates;
  for (const char c : std::string_view("FSSSS")) {
    call(breaker, std::string_view(&c, 1));
    rates.push_back(100 * breaker.failure_ratio(at(0s)));
  }
  CHECK(rates[0] == 100);
  CHECK(rates[1] == 50);
  CHECK(rates[2] == Approx(33.3).margin(0.1));
  CHECK(rates[3] == 25);
  CHECK(rates[4] == 0);
  CHECK(breaker.phase() == BreakerPhase::closed);
}

TEST_CASE("vector 7: six consecutive failures, open for 60 s", "[vector]") {
  ScriptedRandom random;
  BreakerSettings settings = by_ratio(0.5, 100);
  settings.window = 100;
  settings.consecutive = 6;
  settings.open_for = 60s;
  Breaker breaker(settings, random);
  call(breaker, "FFFFF");
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, "SFFFFF");
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, "F");
  CHECK(breaker.phase() == BreakerPhase::open);
  CHECK_FALSE(breaker.try_acquire(at(60s - 1ms)).allowed);
  CHECK(breaker.phase() == BreakerPhase::open);
  const Breaker::Decision probe = breaker.try_acquire(at(60s));
  CHECK(probe.allowed);
  CHECK(breaker.phase() == BreakerPhase::half_open);
  breaker.record(probe.permit, at(60s), CallResult::failure, 0s);
  CHECK(breaker.phase() == BreakerPhase::open);
}

TEST_CASE("vector 8: three calls at 60 %, exclusions in half-open", "[vector]") {
  ScriptedRandom random;
  Breaker breaker(by_ratio(0.6, 3), random);
  call(breaker, "FS");
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, "F");
  CHECK(breaker.phase() == BreakerPhase::open);
  call(breaker, "NNNN", at(30s));
  CHECK(breaker.phase() == BreakerPhase::half_open);
  call(breaker, "F", at(30s));
  CHECK(breaker.phase() == BreakerPhase::open);
}

TEST_CASE("vector 9: three successes close it", "[vector]") {
  ScriptedRandom random;
  for (const std::uint32_t probes : {1U, 3U}) {
    BreakerSettings settings = by_ratio(0.5, 5);
    settings.probes = probes;
    settings.successes = 3;
    Breaker breaker(settings, random);
    breaker.record(first_probe(breaker, at(30s)), at(30s), CallResult::success, 0s);
    call(breaker, "S", at(30s));
    CHECK(breaker.phase() == BreakerPhase::half_open);
    const Breaker::Decision third = breaker.try_acquire(at(30s));
    REQUIRE(third.allowed);
    CHECK_FALSE(breaker.try_acquire(at(30s)).allowed);
    CHECK_FALSE(breaker.peek(at(30s)).allowed);
    breaker.record(third.permit, at(31s), CallResult::success, 0s);
    CHECK(breaker.phase() == BreakerPhase::closed);
  }
}

TEST_CASE("vector 10: results of an older generation are ignored", "[vector]") {
  ScriptedRandom random;
  Breaker breaker(by_ratio(0.5, 2), random);
  const Breaker::Decision slow_failure = breaker.try_acquire(at(0s));
  const Breaker::Decision slow_success = breaker.try_acquire(at(0s));
  const Breaker::Permit probe = first_probe(breaker, at(30s));
  breaker.record(slow_failure.permit, at(31s), CallResult::failure, 31s);
  breaker.record(slow_success.permit, at(31s), CallResult::success, 31s);
  CHECK(breaker.phase() == BreakerPhase::half_open);
  CHECK(breaker.state().probes_running == 1);
  breaker.record(probe, at(32s), CallResult::success, 2s);
  CHECK(breaker.phase() == BreakerPhase::closed);
  breaker.record(probe, at(32s), CallResult::failure, 2s);  // its trial is over
  CHECK(breaker.failure_ratio(at(32s)) == 0);
}

TEST_CASE("vector 10: forced open rejects after 6 s too", "[vector]") {
  ScriptedRandom random;
  BreakerSettings settings = by_ratio(0.5, 5);
  settings.open_for = 5s;
  settings.mode = BreakerSettings::Mode::forced_open;
  Breaker breaker(settings, random);
  CHECK_FALSE(breaker.try_acquire(at(0s)).allowed);
  const Breaker::Decision later = breaker.try_acquire(at(6s));
  CHECK_FALSE(later.allowed);
  CHECK_FALSE(later.retry_after.has_value());
}

TEST_CASE("vector 10: four ignored errors leave half-open as it is", "[vector]") {
  ScriptedRandom random;
  Breaker breaker(by_ratio(0.5, 5), random);
  breaker.record(first_probe(breaker, at(30s)), at(30s), CallResult::neutral, 0s);
  const std::uint64_t generation = breaker.state().generation;
  call(breaker, "NNNN", at(30s));
  CHECK(breaker.phase() == BreakerPhase::half_open);
  CHECK(breaker.state().generation == generation);
}

TEST_CASE("vector 11: retry-after counts down, a failed probe starts it anew", "[vector]") {
  ScriptedRandom random;
  BreakerSettings settings = by_ratio(0.5, 10);
  settings.open_for = 1s;
  Breaker breaker(settings, random);
  call(breaker, "FFFFFFFFF");
  CHECK(breaker.phase() == BreakerPhase::closed);
  call(breaker, "F");
  CHECK(breaker.phase() == BreakerPhase::open);
  CHECK(breaker.try_acquire(at(0s)).retry_after == Duration(1s));
  CHECK(breaker.try_acquire(at(500ms)).retry_after == Duration(500ms));
  call(breaker, "F", at(1s));
  CHECK(breaker.phase() == BreakerPhase::open);
  CHECK(breaker.try_acquire(at(1s)).retry_after == Duration(1s));
  call(breaker, "S", at(2s));
  CHECK(breaker.phase() == BreakerPhase::closed);
}
