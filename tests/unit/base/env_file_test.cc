// KEY=VALUE files: what is read, what is refused and where.
#include "base/env_file.h"

#include "catch.h"

using namespace corun;

namespace {

NamesAndValues values_of(std::string_view text) {
  Result<NamesAndValues> values = parse_env_file("f.env", text);
  INFO(text);
  REQUIRE(values);
  return *values;
}

std::string error_of(std::string_view text) {
  const Result<NamesAndValues> values = parse_env_file("f.env", text);
  return values ? "" : values.error().message;
}

}  // namespace

TEST_CASE("Lines without a variable") {
  CHECK(values_of("") == NamesAndValues{});
  CHECK(values_of("\n  # only a comment\n\t\n") == NamesAndValues{});
}

TEST_CASE("Values") {
  CHECK(values_of("A=1\nexport B=two words  \n  C = 3 # why\nD=a#b\nE=\nF=#no\n") ==
        NamesAndValues{{"A", "1"}, {"B", "two words"}, {"C", "3"}, {"D", "a#b"}, {"E", ""}, {"F", ""}});
  CHECK(values_of("export=1") == NamesAndValues{{"export", "1"}});
  CHECK(values_of("A=x=y") == NamesAndValues{{"A", "x=y"}});
  CHECK(values_of("\xEF\xBB\xBF"
                  "A=1\r\nB=2\r\n") == NamesAndValues{{"A", "1"}, {"B", "2"}});
}

TEST_CASE("Quotes") {
  CHECK(values_of("A='x # $Y \\n'\n") == NamesAndValues{{"A", "x # $Y \\n"}});
  CHECK(values_of(R"(A="a\nb\t\"\\\$\`\z" # c)") == NamesAndValues{{"A", "a\nb\t\"\\$`\\z"}});
  CHECK(values_of("A='one\ntwo'\nB=3") == NamesAndValues{{"A", "one\ntwo"}, {"B", "3"}});
  CHECK(values_of("A=it's") == NamesAndValues{{"A", "it's"}});
}

TEST_CASE("Errors have their line") {
  CHECK(error_of("A=1\nB") == "f.env:2: expected KEY=VALUE");
  CHECK(error_of("1A=2") == "f.env:1: `1A` can't be the name of a variable");
  CHECK(error_of("=2") == "f.env:1: `` can't be the name of a variable");
  CHECK(error_of("\n\nA='open\nB=2\n") == "f.env:3: a single quote isn't closed");
  CHECK(error_of("A=\"open") == "f.env:1: a double quote isn't closed");
  CHECK(error_of("A='x' y") == "f.env:1: text after the closing quote");
  CHECK(error_of(std::string_view("A=1\nB=\0", 7)) == "f.env:2: a NUL byte can't be in a variable");
}
