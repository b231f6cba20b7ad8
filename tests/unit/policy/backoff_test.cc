// Pauses between attempts and the arithmetic below them.
#include "policy/backoff.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "catch.h"
#include "policy/scale.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

BackoffSettings settings_of(BackoffSettings::Kind kind, Duration delay, Duration max_delay,
                            BackoffSettings::Jitter jitter = BackoffSettings::Jitter::none) {
  BackoffSettings settings;
  settings.kind = kind;
  settings.jitter = jitter;
  settings.delay = delay;
  settings.max_delay = max_delay;
  return settings;
}

std::vector<Duration> first_pauses(const BackoffSettings& settings, std::size_t count, Random& random) {
  Backoff backoff(settings, random);
  std::vector<Duration> pauses;
  for (std::size_t i = 0; i < count; ++i) pauses.push_back(backoff.next());
  return pauses;
}

using Kind = BackoffSettings::Kind;
using Jitter = BackoffSettings::Jitter;

}  // namespace

TEST_CASE("vector 12: linear n=2 is 3 s; exponential n=1000 is the cap", "[vector]") {
  CHECK(backoff_delay(settings_of(Kind::linear, 1s, 30s), 2) == 3s);
  CHECK(backoff_delay(settings_of(Kind::exponential, 1s, 30s), 1000) == 30s);
  CHECK(backoff_delay(settings_of(Kind::exponential, 1s, 30s), std::numeric_limits<std::uint32_t>::max()) == 30s);
}

TEST_CASE("vector 13: exponential 1 s, cap 40 s", "[vector]") {
  const BackoffSettings settings = settings_of(Kind::exponential, 1s, 40s);
  ScriptedRandom random;
  const std::vector<Duration> expected{1s, 2s, 4s, 8s, 16s, 32s, 40s, 40s};
  CHECK(first_pauses(settings, 8, random) == expected);
  CHECK(first_pauses(settings, 50, random).back() == 40s);
}

TEST_CASE("vector 14: caps of 15 ms and 30 s", "[vector]") {
  ScriptedRandom random;
  CHECK(first_pauses(settings_of(Kind::exponential, 2ms, 15ms), 5, random) == std::vector<Duration>{2ms, 4ms, 8ms, 15ms, 15ms});
  CHECK(first_pauses(settings_of(Kind::exponential, 2s, 30s), 5, random) == std::vector<Duration>{2s, 4s, 8s, 16s, 30s});
}

TEST_CASE("constant backoff and the cap on a first delay") {
  ScriptedRandom random;
  CHECK(first_pauses(settings_of(Kind::constant, 3s, 30s), 3, random) == std::vector<Duration>{3s, 3s, 3s});
  CHECK(backoff_delay(settings_of(Kind::constant, 1min, 30s), 0) == 30s);
  CHECK(backoff_delay(settings_of(Kind::linear, 1min, 30s), 0) == 30s);
  CHECK(backoff_delay(settings_of(Kind::exponential, 1min, 30s), 0) == 30s);
}

TEST_CASE("linear backoff doesn't overflow") {
  const BackoffSettings settings = settings_of(Kind::linear, 24h * 365, kLongest);
  CHECK(backoff_delay(settings, std::numeric_limits<std::uint32_t>::max()) == kLongest);
  CHECK(backoff_delay(settings, 1) == 24h * 365 * 2);
}

TEST_CASE("other factors: 1 stays, below 1 shrinks, a zero delay stays zero") {
  BackoffSettings settings = settings_of(Kind::exponential, 1s, 30s);
  settings.factor = 1;
  CHECK(backoff_delay(settings, 4'000'000'000U) == 1s);
  settings.factor = 0.5;
  CHECK(backoff_delay(settings, 1) == 500ms);
  CHECK(backoff_delay(settings, 1000) == 0s);
  settings.factor = 1.5;
  CHECK(backoff_delay(settings, 2) == 2250ms);
  settings.delay = 0s;
  CHECK(backoff_delay(settings, 5000) == 0s);
}

TEST_CASE("full jitter is r·d") {
  ScriptedRandom random({0, 0.5, kAlmostOne});
  const std::vector<Duration> pauses = first_pauses(settings_of(Kind::exponential, 1s, 30s, Jitter::full), 3, random);
  CHECK(pauses[0] == 0s);
  CHECK(pauses[1] == 1s);
  CHECK(pauses[2] <= 4s);
  CHECK(pauses[2] > 3999ms);
}

TEST_CASE("equal jitter is d/2 + r·d/2") {
  ScriptedRandom random({0, 0.5, kAlmostOne});
  const std::vector<Duration> pauses = first_pauses(settings_of(Kind::constant, 4s, 30s, Jitter::equal), 3, random);
  CHECK(pauses[0] == 2s);
  CHECK(pauses[1] == 3s);
  CHECK(pauses[2] <= 4s);
  CHECK(pauses[2] > 3999ms);
}

TEST_CASE("decorrelated jitter walks from U(b, 3b) and stops at the cap") {
  ScriptedRandom random({0.5, 0, kAlmostOne, kAlmostOne, kAlmostOne});
  const std::vector<Duration> pauses = first_pauses(settings_of(Kind::exponential, 1s, 10s, Jitter::decorrelated), 5, random);
  CHECK(pauses[0] == 2s);                          // U(1, 3)
  CHECK(pauses[1] == 1s);                          // U(1, 6)
  CHECK((pauses[2] > 2999ms && pauses[2] <= 3s));  // U(1, 3)
  CHECK((pauses[3] > 8990ms && pauses[3] <= 9s));  // U(1, 9)
  CHECK(pauses[4] == 10s);
}

TEST_CASE("no jitter passes max_delay, whatever the numbers") {
  for (const Jitter jitter : {Jitter::none, Jitter::full, Jitter::equal, Jitter::decorrelated}) {
    for (const double r : {0.0, 0.3, kAlmostOne}) {
      ScriptedRandom random({}, r);
      for (const Duration pause : first_pauses(settings_of(Kind::exponential, 7s, 20s, jitter), 200, random)) {
        CHECK(pause <= 20s);
        CHECK(pause >= 0s);
      }
    }
  }
}

TEST_CASE("the defaults: exponential, 500 ms, cap 30 s, full jitter") {
  const BackoffSettings settings;
  ScriptedRandom random({}, kAlmostOne);
  const std::vector<Duration> pauses = first_pauses(settings, 8, random);
  CHECK((pauses[0] > 499ms && pauses[0] <= 500ms));
  CHECK((pauses[1] > 999ms && pauses[1] <= 1s));
  CHECK((pauses[7] > 29s && pauses[7] <= 30s));
}

TEST_CASE("scaled durations saturate") {
  CHECK(scaled(1h, 1e300) == kLongest);
  CHECK(scaled(1s, 0.25) == 250ms);
  CHECK(scaled(1s, -1) == 0s);
  CHECK(scaled(10s, 2, 15s) == 15s);
  CHECK(repeated(1ns, 0) == 0ns);
  CHECK(repeated(kLongest, 2) == kLongest);
  CHECK(repeated(1s, 3) == 3s);
  CHECK(grown(1s, 2, 3, 1h) == 8s);
  CHECK(grown(1s, 10, 400, kLongest) == kLongest);
}

TEST_CASE("the seeded generator repeats itself, stays in [0, 1) and spreads") {
  SystemRandom one(42);
  SystemRandom other(42);
  SystemRandom third(43);
  double sum = 0;
  bool differs = false;
  for (int i = 0; i < 10'000; ++i) {
    const double value = one.unit();
    CHECK(value == other.unit());
    differs = differs || value != third.unit();
    REQUIRE((value >= 0 && value < 1));
    sum += value;
  }
  CHECK(differs);
  CHECK(sum == Approx(5000).margin(100));
  SystemRandom seeded_by_the_kernel;
  CHECK(seeded_by_the_kernel.unit() < 1);
}
