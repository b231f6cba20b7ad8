// The small notations inside scalars. Knows nothing of YAML.
#include "graph/scalar.h"

#include <csignal>

#include "catch.h"

using namespace corun;

TEST_CASE("numbers are what JSON calls numbers, all else stays text") {
  for (const char* text : {"0", "-0", "12", "1.5", "-1e9", "1E+2", "123456789012345678901234567890"}) {
    INFO(text);
    CHECK(scalar_type(text) == ScalarType::number);
  }
  for (const char* text :
       {"007", "+1", ".5", "1.", "0x1F", "1_000", "1e", "-", "1 2", "yes", "on", "no", "~x", "", "tRue", ".inf", "12:30"}) {
    INFO(text);
    CHECK(scalar_type(text) == ScalarType::string);
  }
  for (const char* text : {"true", "false", "True", "FALSE"}) CHECK(scalar_type(text) == ScalarType::boolean);
}

TEST_CASE("sizes") {
  CHECK(parse_size("0") == 0U);
  CHECK(parse_size("4096") == 4096U);
  CHECK(parse_size("10B") == 10U);
  CHECK(parse_size("1KB") == 1000U);
  CHECK(parse_size("64KiB") == 65536U);
  CHECK(parse_size("16MiB") == 16777216U);
  CHECK(parse_size("1.5GiB") == 1610612736U);
  for (const char* text : {"", "MiB", "-1", "1.5", "1 MiB", "1mib", "1e3", "99999999999999999999", "1MiBx"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text).has_value());
  }
}

TEST_CASE("rates") {
  const auto check = [](std::string_view text, std::uint32_t count, Duration period) {
    INFO(text);
    const auto rate = parse_rate(text);
    REQUIRE(rate.has_value());
    CHECK(rate->count == count);
    CHECK(rate->period == period);
  };
  check("50/s", 50, 1s);
  check("100/m", 100, 60s);
  check("10/250ms", 10, 250ms);
  check("1/1m30s", 1, 90s);
  for (const char* text : {"", "/", "50", "0/s", "5/0s", "-5/s", "5/x", "5/", "5 / s", "1.5/s", "5/s/s"}) {
    INFO(text);
    CHECK_FALSE(parse_rate(text).has_value());
  }
}

TEST_CASE("codes, ranges and classes") {
  const auto check = [](std::string_view text, int first, int last) {
    INFO(text);
    const auto range = parse_codes(text, 100, 599, true);
    REQUIRE(range.has_value());
    CHECK(range->first == first);
    CHECK(range->last == last);
  };
  check("404", 404, 404);
  check("200-299", 200, 299);
  check("5xx", 500, 599);
  for (const char* text : {"", "99", "600", "299-200", "200-", "-200", "6xx", "0xx", "5XX", "x", "200-299-300", "4294967496"}) {
    INFO(text);
    CHECK_FALSE(parse_codes(text, 100, 599, true).has_value());
  }
  CHECK_FALSE(parse_codes("1xx", 0, 255, false).has_value());
  CHECK(parse_codes("0", 0, 255, false).has_value());
}

TEST_CASE("signals, names, tokens") {
  CHECK(parse_signal("TERM") == SIGTERM);
  CHECK(parse_signal("SIGINT") == SIGINT);
  CHECK_FALSE(parse_signal("term").has_value());
  CHECK_FALSE(parse_signal("SIG").has_value());

  for (const char* name : {"a", "_", "a.b-c_9", "A1"}) CHECK(is_job_name(name));
  for (const char* name : {"", "1a", "-a", ".a", "a/b", "a b", "é"}) CHECK_FALSE(is_job_name(name));
  CHECK(is_job_name(std::string(200, 'a')));
  CHECK_FALSE(is_job_name(std::string(201, 'a')));

  CHECK(is_http_token("X-Id"));
  for (const char* name : {"", "a b", "a:", "a\n", "é", "(a)"}) CHECK_FALSE(is_http_token(name));
}

TEST_CASE("expressions are taken out of texts") {
  CHECK(without_expressions("a ${{ .b }} c ${{ .d }}") == "a x c x");
  CHECK(without_expressions("a ${{ open") == "a x");
  CHECK(without_expressions("$ {{ }}") == "$ {{ }}");
}

TEST_CASE("URLs") {
  for (const char* url :
       {"http://h", "https://h:8080/p?q=a@b", "HTTPS://h/", "http://[::1]/", "${{ .vars.api }}",
        "${{ .vars.api }}/x?to=http://y/", "${{ .scheme }}://h/", "https://${{ .user_host }}/x", "https://h/${{ .a b@c }}"}) {
    INFO(url);
    CHECK(url_problem(url).empty());
  }
  for (const char* url : {"", "h/p", "gopher://h/", "file:///etc/passwd", "http:///p", "http://u:p@h/", "http://u@h",
                          "http://a b/", "http://h/\n", "http://h\\@evil/x y", "//h/p", "${{ .scheme }}://u:p@h/"}) {
    INFO(url);
    CHECK_FALSE(url_problem(url).empty());
  }
}
