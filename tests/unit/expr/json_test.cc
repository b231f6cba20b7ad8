// JSON values: digits that stay, sharing, order.
#include "expr/json.h"

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

std::string reread(const std::string& text) { return json(text).dump(); }

}  // namespace

TEST_CASE("documents come back as they were") {
  for (const char* text : {"null", "true", "false", "0", "-1", "1.5", "\"\"", "[]", "{}", R"({"b":[1,{"a":null}],"a":"x"})",
                           "9007199254740992", "-9007199254740992", R"("é\n\"")", "1234567890.125"}) {
    CHECK(reread(text) == text);
  }
}

TEST_CASE("digits that a double would lose come in as a string") {
  CHECK(reread("9007199254740993") == "\"9007199254740993\"");
  CHECK(reread("-9007199254740993") == "\"-9007199254740993\"");
  CHECK(reread("[12345678901234567890, 1]") == "[\"12345678901234567890\",1]");
  CHECK(reread(R"({"id":123456789012345678,"s":"123456789012345678"})") ==
        R"({"id":"123456789012345678","s":"123456789012345678"})");
  CHECK(reread("0.12345678901234567890123") == "\"0.12345678901234567890123\"");
  CHECK(reread("0.1") == "0.1");
  CHECK(reread(R"("a\"9007199254740993")") == R"("a\"9007199254740993")");
  CHECK(Json::of(number("9007199254740993")).dump() == "\"9007199254740993\"");
  CHECK(Json::of(number("3.10")).dump() == "\"3.10\"");
  CHECK(Json::of(number("3.1")).dump() == "3.1");
}

TEST_CASE("what isn't JSON says why") {
  for (const char* text : {"", "{", "[1,]", "nope", "{} {}", "{\"a\" 1}"}) {
    INFO(text);
    CHECK_FALSE(Json::parse(text));
  }
  CHECK_FALSE(Json::parse(std::string(300, '[') + std::string(300, ']')));
}

TEST_CASE("a copy doesn't change with the original") {
  Json a = json(R"({"x":[1]})");
  const Json b = a;
  a.set("y", Json::boolean(true));
  CHECK(a.dump() == R"({"x":[1],"y":true})");
  CHECK(b.dump() == R"({"x":[1]})");
  CHECK(b == json(R"({"x":[1]})"));
  Json moved = std::move(a);
  CHECK(moved.size() == 2);
  CHECK(moved.get("nothing").is_null());
  CHECK(moved.get("x").at(7).is_null());
}

TEST_CASE("inside text strings are raw, the rest is JSON") {
  CHECK(Json::string("a\"b").to_text() == "a\"b");
  CHECK(json("[1,\"a\"]").to_text() == "[1,\"a\"]");
  CHECK(Json().to_text() == "null");
  CHECK(Json::number(5).to_text() == "5");
}
