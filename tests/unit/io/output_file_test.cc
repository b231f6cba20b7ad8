// What a process may write as its outputs, what is refused and where.
#include "io/output_file.h"

#include "catch.h"

using namespace corun;

namespace {

std::string json_of(std::string_view text) {
  const Result<std::string> json = parse_output_file(text);
  INFO(text);
  INFO((json ? "" : json.error().message));
  REQUIRE(json);
  return *json;
}

std::string error_of(std::string_view text) {
  const Result<std::string> json = parse_output_file(text);
  return json ? "gave " + *json : json.error().message;
}

}  // namespace

TEST_CASE("Lines of key=value") {
  CHECK(json_of("") == "{}");
  CHECK(json_of("\n \t\n\r\n") == "{}");
  CHECK(json_of("a=1") == R"({"a":"1"})");
  CHECK(json_of("a=1\n\nb_2-c= two words \r\n") == R"({"a":"1","b_2-c":" two words "})");
  CHECK(json_of("a=") == R"({"a":""})");
  CHECK(json_of("a=x=y\nb=x<<y\nc=\"#\"") == R"({"a":"x=y","b":"x<<y","c":"\"#\""})");
  CHECK(json_of("\xEF\xBB\xBF"
                "a=1") == R"({"a":"1"})");
  CHECK(json_of("a=\xFF") == "{\"a\":\"\uFFFD\"}");
  CHECK(json_of(std::string_view("a=\0", 3)) == R"({"a":"\u0000"})");
}

TEST_CASE("Later keys win") {
  CHECK(json_of("a=1\nb=2\na=3") == R"({"a":"3","b":"2"})");
  CHECK(json_of("a<<E\n1\nE\na=2") == R"({"a":"2"})");
}

TEST_CASE("Values of many lines") {
  CHECK(json_of("a<<END\none\n\n two=2\nEND \nEND\nb=1") == R"({"a":"one\n\n two=2\nEND ","b":"1"})");
  CHECK(json_of("a<<E\nE\n") == R"({"a":""})");
  CHECK(json_of("a<<E\n\nE") == R"({"a":""})");
  CHECK(json_of("a<<E\n\n\nE") == R"({"a":"\n"})");
  CHECK(json_of("a<<E\r\none\r\ntwo\r\nE\r\n") == R"({"a":"one\ntwo"})");
  CHECK(json_of("a<<b=c\nx\nb=c") == R"({"a":"x"})");
  CHECK(json_of("a<<E\n{\nE") == R"({"a":"{"})");
}

TEST_CASE("One JSON object") {
  CHECK(json_of("{}") == "{}");
  CHECK(json_of(" \n{\"a\": [1, null],\n \"b c\": {}}\n\n") == "{\"a\": [1, null],\n \"b c\": {}}");
  CHECK(error_of("{\"a\": 1}\n{\"b\": 2}") == "line 2: not one JSON object: text after the value");
  CHECK(error_of("{\n\"a\": 1,\n}") == "line 3: not one JSON object: expected a key in double quotes");
  CHECK(error_of("{\"a\": 1}\nb=2") == "line 2: not one JSON object: text after the value");
  CHECK(error_of("{\"a\": ") == "line 1: not one JSON object: expected a value");
}

TEST_CASE("Errors have their line") {
  CHECK(error_of("a=1\n\nsome words") == "line 3: expected key=value");
  CHECK(error_of("[1]") == "line 1: expected key=value");
  CHECK(error_of("=1") == "line 1: `` can't be a key: only letters, digits, `_` and `-`, and no digit at the start");
  CHECK(error_of("a=1\na =1") == "line 2: `a ` can't be a key: only letters, digits, `_` and `-`, and no digit at the start");
  CHECK(error_of("1a=1") == "line 1: `1a` can't be a key: only letters, digits, `_` and `-`, and no digit at the start");
  CHECK(error_of("ä=1") == "line 1: `ä` can't be a key: only letters, digits, `_` and `-`, and no digit at the start");
  CHECK(error_of("x=1\na<<\n") == "line 2: expected a delimiter behind `<<`");
  CHECK(error_of("a<<E\nb=1\nE ") == "line 1: no line `E` ends this value");
  CHECK(error_of("a<<E") == "line 1: no line `E` ends this value");
}
