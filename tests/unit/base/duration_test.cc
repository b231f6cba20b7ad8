// Durations as people write and read them.
#include "base/duration.h"

#include <string>
#include <vector>

#include "catch.h"

using namespace corun;

TEST_CASE("durations are numbers with units") {
  CHECK(parse_duration("250ms") == Duration(250ms));
  CHECK(parse_duration("30s") == Duration(30s));
  CHECK(parse_duration("5m") == Duration(5min));
  CHECK(parse_duration("2h") == Duration(2h));
  CHECK(parse_duration("1d") == Duration(24h));
  CHECK(parse_duration("7us") == Duration(7us));
  CHECK(parse_duration("9ns") == Duration(9ns));
  CHECK(parse_duration("0s") == Duration(0s));
}

TEST_CASE("fractions and sums") {
  CHECK(parse_duration("1.5s") == Duration(1500ms));
  CHECK(parse_duration("0.1s") == Duration(100ms));
  CHECK(parse_duration("1h30m") == Duration(90min));
  CHECK(parse_duration("1d2h3m4s5ms6us7ns") == Duration(26h + 3min + 4s + 5ms + 6us + 7ns));
}

TEST_CASE("what isn't a duration") {
  for (const char* text : {"",   "5",  "0",    "s",    "-1s",   "+1s",  " 1s",  "1s ",  "1 s",  ".5s",  "5.s",   "1.2.3s",
                           "1x", "1S", "1min", "1sec", "30m1h", "1s1s", "1e3s", "0x1s", "infs", "nans", "1ms1s", "1,5s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("durations that don't fit are refused") {
  CHECK(parse_duration("20000d").has_value());
  CHECK_FALSE(parse_duration("200000d").has_value());
  CHECK_FALSE(parse_duration("99999999999999999999999d").has_value());
  CHECK_FALSE(parse_duration(std::string(400, '9') + "s").has_value());
}

TEST_CASE("formatting is exact and reads back") {
  CHECK(format_duration(0s) == "0s");
  CHECK(format_duration(-1s) == "0s");
  CHECK(format_duration(90s) == "1m30s");
  CHECK(format_duration(250ms) == "250ms");
  CHECK(format_duration(1500ms) == "1s500ms");
  CHECK(format_duration(24h) == "1d");
  std::vector<Duration> samples{1ns, 999ns, 1us, 1ms, 1s, 1min, 1h, 24h, 12'345'678'901'234ns, 999'999'999'999'999ns};
  for (Duration step = 1ns; step < 24h * 365; step = step * 7 + 3ns) samples.push_back(step);
  for (const Duration sample : samples) {
    INFO(format_duration(sample));
    CHECK(parse_duration(format_duration(sample)) == sample);
  }
}

TEST_CASE("elapsed times are short") {
  CHECK(format_elapsed(0s) == "0ms");
  CHECK(format_elapsed(-1s) == "0ms");
  CHECK(format_elapsed(400us) == "0ms");
  CHECK(format_elapsed(600us) == "1ms");
  CHECK(format_elapsed(41ms) == "41ms");
  CHECK(format_elapsed(999'600us) == "1.0s");
  CHECK(format_elapsed(1234ms) == "1.2s");
  CHECK(format_elapsed(9940ms) == "9.9s");
  CHECK(format_elapsed(9960ms) == "10s");
  CHECK(format_elapsed(59'400ms) == "59s");
  CHECK(format_elapsed(59'600ms) == "1m00s");
  CHECK(format_elapsed(187s) == "3m07s");
  CHECK(format_elapsed(3599'600ms) == "1h00m");
  CHECK(format_elapsed(2h + 5min + 59s) == "2h05m");
  CHECK(format_elapsed(50h) == "50h00m");
}
