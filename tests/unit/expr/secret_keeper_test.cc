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
