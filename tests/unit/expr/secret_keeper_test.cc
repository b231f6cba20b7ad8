// What is made of secrets is hidden, as far as memory allows.
#include "expr/secret_keeper.h"

#include "catch.h"
#include "support.h"

using namespace corun;

TEST_CASE("Texts and numbers in a value are hidden") {
  SecretKeeper keeper;
  keeper.hide(test::json(R"({"name": ["hunter2", 12345, 7, true, null, "abc"]})"));
  CHECK(keeper.mask().masked("name hunter2 12345 7 true null abc") == "name *** *** 7 true null abc");
}

TEST_CASE("A text that comes again costs nothing") {
  SecretKeeper keeper;
  for (int i = 0; i < 20'000; ++i) keeper.hide(Json::string("hunter2"));
  keeper.hide(Json::string("another one"));
  CHECK(keeper.mask().masked("hunter2 another one") == "*** ***");
}

TEST_CASE("A text too long to be hidden as one is hidden by its lines") {
  SecretKeeper keeper;
  keeper.hide(Json::string("HUNTER2\n" + std::string(40'000, 'x') + "\n" + std::string(40'000, 'y') + "\nlast line"));
  CHECK(keeper.mask().masked("HUNTER2, last line") == "***, ***");
}

TEST_CASE("No more than a certain number of texts is remembered") {
  SecretKeeper keeper;
  for (int i = 0; i < 10'000; ++i) keeper.hide(Json::string("<" + std::to_string(100'000 + i) + ">"));
  keeper.hide(Json::string("one more"));
  CHECK(keeper.mask().masked("<100000> <109999> one more") == "*** *** one more");
}

TEST_CASE("That there was more than is remembered is told once") {
  SecretKeeper keeper;
  std::vector<std::string> told;
  const auto tell = [&](const std::string& why) { told.push_back(why); };
  SECTION("of texts") {
    keeper.when_full(tell);
    for (int i = 0; i < 10'000; ++i) keeper.hide(Json::string("<" + std::to_string(100'000 + i) + ">"));
    keeper.hide(Json::string("<100000>"));  // known
    keeper.hide(Json::string("abc"));       // hidden by nobody
    CHECK(told.empty());
    for (int i = 0; i < 3; ++i) keeper.hide(Json::string("one more " + std::to_string(i)));
    CHECK(told.size() == 1);
  }
  SECTION("of bytes; a short one still fits") {
    keeper.when_full(tell);
    for (int i = 0; i < 17; ++i) keeper.hide(Json::string(std::string(15'900, static_cast<char>('a' + i))));
    CHECK(told.size() == 1);
    keeper.hide(Json::string("a short one"));
    CHECK(keeper.mask().masked("a short one") == "***");
  }
  SECTION("before anybody listens") {
    for (int i = 0; i < 10'001; ++i) keeper.hide(Json::string("<" + std::to_string(100'000 + i) + ">"));
    keeper.when_full(tell);
    CHECK(told == std::vector<std::string>{
                      "expressions have made more of secrets than can be remembered (10000 texts, 256 KiB): what they make from "
                      "now on isn't hidden, only the secrets themselves are"});
  }
}

TEST_CASE("A value is searched and masked part by part") {
  SecretKeeper keeper;
  keeper.hide(test::json(R"(["hunter2", 1234])"));
  const Json value = test::json(R"({"a": ["x hunter2", 51234, 5, null], "hunter2": "y"})");
  CHECK(keeper.finds_in(value));
  CHECK(keeper.finds_in(test::json(R"({"hunter2": 1})")));
  CHECK(keeper.finds_in(test::json("[[1234]]")));
  CHECK_FALSE(keeper.finds_in(test::json(R"({"a": ["hunter", 123, null, true]})")));
  CHECK(keeper.masked(value).get("a").dump() == R"(["x ***","5***",5,null])");
  CHECK(keeper.masked(value).get("***").dump() == R"("y")");
  CHECK(keeper.masked(value).size() == 2);
}
