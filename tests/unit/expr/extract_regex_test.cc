// What a regular expression gives, and how it fails.
#include "catch.h"
#include "expr/extract.h"

using namespace corun;

namespace {

std::string extracted(std::string_view text, std::string_view pattern) {
  const Result<std::string> json = extract_regex(text, pattern);
  INFO(pattern);
  INFO((json ? "" : json.error().message));
  REQUIRE(json);
  return *json;
}

std::string error_of(std::string_view text, std::string_view pattern) {
  const Result<std::string> json = extract_regex(text, pattern);
  return json ? "gave " + *json : json.error().message;
}

}  // namespace

TEST_CASE("The first match by its groups") {
  CHECK(extracted("id=7, id=8", "\\d+") == R"("7")");
  CHECK(extracted("id=7, id=8", "id=(\\d+)") == R"("7")");
  CHECK(extracted("a=1", "(\\w)=(\\w)") == R"(["a","1"])");
  CHECK(extracted("2026-02-03", "(?<year>\\d+)-(?<month>\\d+)") == R"({"year":"2026","month":"02"})");
  CHECK(extracted("v1", "(v)(?<number>\\d)") == R"({"number":"1"})");
  CHECK(extracted("abc", "\\d") == "null");
  CHECK(extracted("", "") == R"("")");
  CHECK(extracted("say \"x\"\n", "\".*\"\\n") == R"("\"x\"\n")");
}

TEST_CASE("A group that took no part is null") {
  CHECK(extracted("b", "(a)?b") == "null");
  CHECK(extracted("b", "(a)|(b)|(c)") == R"([null,"b",null])");
  CHECK(extracted("b", "(?<x>a)|(?<y>b)") == R"({"x":null,"y":"b"})");
  CHECK(extracted("b", "(?J)(?<x>a)|(?<x>b)") == R"({"x":"b"})");
  CHECK(extracted("c", "(?J)(?<x>a)|(?<x>b)|c") == R"({"x":null})");
}

TEST_CASE("Texts are UTF-8, and bytes that aren't match nothing") {
  CHECK(extracted("Größe: 5", "^\\w+") == R"("Größe")");
  CHECK(extracted("ÄB", "(?i)ä.") == R"("ÄB")");
  CHECK(extracted("\xFF\xFE x1", "x.") == R"("x1")");
  CHECK(extracted(std::string_view("a\0b", 3), "a.b") == R"("a\u0000b")");
}

TEST_CASE("Options inside a pattern") {
  CHECK(extracted("A\nb", "(?im)^B$") == R"("b")");
  CHECK(extracted("a\nb", "a.b") == "null");
  CHECK(extracted("a\nb", "(?s)a.b") == R"("a\nb")");
}

TEST_CASE("A start behind the end is an empty match") { CHECK(extracted("ab", "a\\Kb") == R"("b")"); }

TEST_CASE("A pattern that would go on for ever ends with an error") {
  CHECK(error_of(std::string(64, 'a') + "!", "^(a+)+$") ==
        "`^(a+)+$` takes too much time or memory on this text: its repetitions can match in too many ways");
  const std::string text(2 << 20, 'a');
  CHECK(error_of(text, "\\w+[@!]").find("too much time") != std::string::npos);
  CHECK(error_of(text, "^a*?\\w++[@!]").find("too much time") != std::string::npos);
  CHECK(error_of(text, "^(?:a|b)*c|^(?:a|b)*d").find("too much time or memory") != std::string::npos);
  CHECK(error_of("aa", "(?R)?(?R)a").find("(?R)?(?R)a") != std::string::npos);
}

TEST_CASE("A long text is no reason to fail") {
  std::string text(8 << 20, 'x');
  text += "id=42";
  CHECK(extracted(text, "id=(\\d+)") == R"("42")");
  CHECK(extracted(text, "[a-h]d=\\d+|id=\\d+") == R"("id=42")");
}

TEST_CASE("A pattern that doesn't compile") {
  CHECK_FALSE(regex_problem("(a)"));
  CHECK(regex_problem("(a") == "`(a` isn't a regular expression: missing closing parenthesis (at byte 3)");
  CHECK(regex_problem("a**b)"));
  CHECK(regex_problem("\xFF"));
  CHECK(regex_problem(std::string(70'000, 'a')) == "a regular expression may have at most 64 KiB");
  CHECK(regex_problem(std::string(10'000, '(') + std::string(10'000, ')')));
  CHECK(error_of("x", "[") == *regex_problem("["));
}
