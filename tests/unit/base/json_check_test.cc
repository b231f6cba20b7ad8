// Which texts are JSON, and where the others stop being it.
#include "base/json_check.h"

#include <string>

#include "base/text.h"
#include "catch.h"

using namespace corun;

namespace {

// `offset: message`; "" if there is no problem.
std::string problem_of(std::string_view text) {
  const std::optional<JsonProblem> problem = json_problem(text);
  return problem ? std::to_string(problem->offset) + ": " + std::string(problem->message) : "";
}

}  // namespace

TEST_CASE("JSON") {
  for (const std::string_view text : {"null", " true\r\n", "false", "0", "-0", "12.50", "1e9", "-1.5E-3", "2E+0", R"("")",
                                      R"("\"\\\/\b\f\n\r\t\u00Fe ö")", "[]", "{}", "[ ]", "{ }", R"([1,[2,{}],"x"])",
                                      R"({"a":1,"b":{"c":[]},"":null})", " {\n\"a\" : [ 1 , 2 ] }\t", "\"\x7F\""}) {
    INFO(text);
    CHECK(problem_of(text) == "");
  }
  CHECK(problem_of(json_string("\x01\xFF \"é\"")) == "");
}

TEST_CASE("What isn't JSON") {
  CHECK(problem_of("") == "0: expected a value");
  CHECK(problem_of("  ") == "2: expected a value");
  CHECK(problem_of("nul") == "0: expected a value");
  CHECK(problem_of("NaN") == "0: expected a value");
  CHECK(problem_of("1 2") == "2: text after the value");
  CHECK(problem_of("{} }") == "3: text after the value");
  CHECK(problem_of(std::string_view("1\0", 2)) == "1: text after the value");
  CHECK(problem_of("01") == "1: text after the value");
  CHECK(problem_of("-") == "1: expected a digit");
  CHECK(problem_of("1.") == "2: expected a digit");
  CHECK(problem_of("1e+") == "3: expected a digit");
  CHECK(problem_of("1e+-1") == "3: expected a digit");
  CHECK(problem_of("+1") == "0: expected a value");
  CHECK(problem_of(".5") == "0: expected a value");
  CHECK(problem_of("[1 2]") == "3: expected `,` or `]`");
  CHECK(problem_of("[1,]") == "3: expected a value");
  CHECK(problem_of("[") == "1: expected a value");
  CHECK(problem_of("[1}") == "2: expected `,` or `]`");
  CHECK(problem_of("{") == "1: expected a key in double quotes");
  CHECK(problem_of("{a:1}") == "1: expected a key in double quotes");
  CHECK(problem_of("{\"a\" 1}") == "5: expected `:`");
  CHECK(problem_of("{\"a\":}") == "5: expected a value");
  CHECK(problem_of("{\"a\":1,}") == "7: expected a key in double quotes");
  CHECK(problem_of("{\"a\":1]") == "6: expected `,` or `}`");
  CHECK(problem_of("\"a") == "2: a string isn't closed");
  CHECK(problem_of("\"a\\\"") == "4: a string isn't closed");
  CHECK(problem_of("\"\\x\"") == "2: unknown escape");
  CHECK(problem_of("\"\\") == "2: unknown escape");
  CHECK(problem_of("\"\\u12g4\"") == "5: expected four hexadecimal digits");
  CHECK(problem_of("\"\\u12") == "5: expected four hexadecimal digits");
  CHECK(problem_of(R"("\ud83d\ude00")") == "");
  CHECK(problem_of(R"("\ude00")") == "");
  CHECK(problem_of(R"("\ud83d")") == "7: half of a surrogate pair");
  CHECK(problem_of(R"("\ud83dx\ude00")") == "7: half of a surrogate pair");
  CHECK(problem_of(R"("\ud83d\u0041")") == "13: half of a surrogate pair");
  CHECK(problem_of(R"("\ud83d\ude0g")") == "12: expected four hexadecimal digits");
  CHECK(problem_of("\"a\nb\"") == "2: a control character in a string");
  CHECK(problem_of("\"\xFF\"") == "1: not UTF-8");
  CHECK(problem_of("\"\xED\xA0\x80\"") == "1: not UTF-8");
  CHECK(problem_of("'a'") == "0: expected a value");
  CHECK(problem_of("\xEF\xBB\xBF{}") == "0: expected a value");
}

TEST_CASE("The depth of JSON is bounded") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(problem_of(nested(kMaxJsonDepth)) == "");
  CHECK(problem_of(nested(kMaxJsonDepth + 1)) == "201: nested too deep");
  CHECK(problem_of(std::string(1'000'000, '[')) == "201: nested too deep");
}
