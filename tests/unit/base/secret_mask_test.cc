// Secrets are hidden wherever they are cut, and nothing else is held back.
#include "base/secret_mask.h"

#include "base/secret_forms.h"
#include "base/text.h"
#include "catch.h"

using namespace corun;

namespace {

void add_all(SecretMask& mask, std::initializer_list<std::string_view> secrets) {
  for (const std::string_view secret : secrets) REQUIRE(mask.add(secret));
}

std::string masked(std::initializer_list<std::string_view> secrets, std::string_view text) {
  SecretMask mask;
  add_all(mask, secrets);
  return mask.masked(text);
}

std::string text_of(std::string_view shown) { return std::string(shown); }

}  // namespace

TEST_CASE("Without secrets a text is itself") {
  SecretMask mask;
  CHECK(mask.empty());
  CHECK(mask.masked("text") == "text");
  SecretMask::Stream stream(mask);
  const std::string piece = "text";
  CHECK(stream.write(piece).data() == piece.data());
  CHECK(stream.flush().empty());
}

TEST_CASE("What can't be hidden is refused") {
  SecretMask mask;
  CHECK_FALSE(mask.add("abc"));
  CHECK_FALSE(mask.add(" \n\t     "));
  CHECK_FALSE(mask.add(std::string(kMaxSecretSize + 1, 'x')));
  CHECK(mask.empty());
  CHECK(mask.add("abcd"));
  CHECK_FALSE(mask.empty());
}

TEST_CASE("A secret in a text") {
  CHECK(masked({"hunter2"}, "") == "");
  CHECK(masked({"hunter2"}, "hunter2") == "***");
  CHECK(masked({"hunter2"}, "a hunter2, hunter and hunter22") == "a ***, hunter and ***2");
  CHECK(masked({"hunter2"}, "hunter") == "hunter");
  CHECK(masked({"hunter2"}, "hunterhunter2") == "hunter***");
  CHECK(masked({"one\nline two\n"}, "one\r\nline two\r\n") == "one\r\n***\r\n");
}

TEST_CASE("The encodings of a secret") {
  CHECK(masked({"hunter2"}, "Authorization: Basic dXNlcjpodW50ZXIy") == "Authorization: Basic dXNlcjp***");
  CHECK(masked({"p&q r/s"}, "?a=" + percent_encode("p&q r/s") + "&b=p%26q+r%2fs") == "?a=***&b=***");
  CHECK(masked({"p\"q\nr"}, json_string("x p\"q\nr")) == "\"x ***\"");
  CHECK(masked({"it's a secret"}, shell_quote("it's a secret")) == "'***'");
}

TEST_CASE("The longest form wins; what overlaps or touches is one") {
  CHECK(masked({"abcd", "abcdefgh"}, "abcdefgh abcdefg") == "*** ***efg");
  CHECK(masked({"bcde", "abcdef"}, "xabcdefx abcde") == "x***x a***");
  CHECK(masked({"abcd", "cdef"}, "abcdef") == "***");
  CHECK(masked({"abcd"}, "abcdabcd abcd") == "*** ***");
  CHECK(masked({"aaaa"}, "aaaaaaaaa b aaa") == "*** b aaa");
}

TEST_CASE("A stream holds back only what may be the beginning of a secret") {
  SecretMask mask;
  add_all(mask, {"hunter2"});
  SecretMask::Stream stream(mask);
  CHECK(text_of(stream.write("$ ")) == "$ ");
  CHECK(text_of(stream.write("x hun")) == "x ");
  CHECK(stream.held() == 3);
  CHECK(text_of(stream.write("ger")) == "hunger");
  CHECK(text_of(stream.write("hunter")) == "");
  CHECK(stream.held() == 6);
  CHECK(text_of(stream.write("2")) == "***");
  CHECK(stream.held() == 0);
  CHECK(text_of(stream.write("!")) == "!");
  CHECK(text_of(stream.write("hunt")) == "");
  CHECK(text_of(stream.flush()) == "hunt");
  CHECK(stream.held() == 0);
  CHECK(text_of(stream.write("er2")) == "er2");
  CHECK(text_of(stream.flush()) == "");
}

TEST_CASE("A stream that goes on behind a secret shows one mask") {
  SecretMask mask;
  add_all(mask, {"abcd", "cdef", "abcdWXYZ"});
  SecretMask::Stream stream(mask);
  CHECK(text_of(stream.write("abcd")) == "***");
  CHECK(text_of(stream.write("e")) == "");  // may become cdef
  CHECK(text_of(stream.write("f")) == "");  // it did
  CHECK(text_of(stream.write("abcd")) == "");
  CHECK(text_of(stream.write("WXY")) == "");
  CHECK(text_of(stream.write(".")) == "WXY.");
  CHECK(text_of(stream.write("abcdWXY")) == "***");
  CHECK(text_of(stream.write("Zabc")) == "");
  CHECK(text_of(stream.flush()) == "abc");
  CHECK(text_of(stream.write("abcd")) == "***");
}

TEST_CASE("A secret added meanwhile is hidden in what hasn't been shown") {
  SecretMask mask;
  SecretMask::Stream stream(mask);
  CHECK(text_of(stream.write("hunter2 ")) == "hunter2 ");
  add_all(mask, {"hunter2"});
  CHECK(text_of(stream.write("hunter2 hunt")) == "*** ");
  add_all(mask, {"hunting", "unti"});
  CHECK(text_of(stream.write("ing unting ")) == "*** ***ng ");
  CHECK(text_of(stream.write("hunting ...")) == "*** ...");
  CHECK(text_of(stream.write("hunter")) == "");
  add_all(mask, {"unte"});
  CHECK(text_of(stream.write("")) == "");
  CHECK(text_of(stream.write("!")) == "h***r!");
  CHECK(text_of(stream.write("hunter")) == "");
  add_all(mask, {"nter"});
  CHECK(text_of(stream.flush()) == "h***");
}

TEST_CASE("Thousands of secrets, one added after the other") {
  SecretMask mask;
  SecretMask::Stream stream(mask);
  for (int i = 0; i < 10'000; ++i) {
    const std::string secret = "<" + std::to_string(1'000'000 + i) + ">";
    REQUIRE(mask.add(secret));
    if (text_of(stream.write(secret + ";" + secret.substr(0, 4))) != "***;") FAIL(secret);
    if (text_of(stream.write("x")) != secret.substr(0, 4) + "x") FAIL(secret);
  }
  CHECK(mask.masked("<1000000>,<1009999>,<1010000>") == "***,***,<1010000>");
}

TEST_CASE("A message may quote the beginning of a secret") {
  SecretMask mask;
  add_all(mask, {"hunter2-hunter3", "\"ä\""});
  CHECK(mask.masked_message("`hunter2-h…` and string (\"hunter2-hu...) is") == "`***…` and string (\"***...) is");
  CHECK(mask.masked_message("hunter2-h, hunt, hun…, hun...") == "hunter2-h, hunt, hun…, hun...");
  CHECK(mask.masked_message("hunter2-hunter3… hunter2-hunter3hunter2...") == "***… ***...");
  CHECK(mask.masked_message("… ...") == "… ...");
  CHECK(mask.masked_message(R"("\"ä...)") == R"("***...)");          // of the JSON string
  CHECK(mask.masked_message("hunter2\uFFFD...") == "***\uFFFD...");  // jq has cut a character
  CHECK(mask.masked("hunter2…") == "hunter2…");
}

TEST_CASE("Whether there is a secret in a text") {
  SecretMask mask;
  CHECK_FALSE(mask.finds_in("hunter2"));
  add_all(mask, {"hunter2"});
  CHECK(mask.finds_in("a hunter2."));
  CHECK(mask.finds_in("aHVudGVyMg=="));
  CHECK_FALSE(mask.finds_in("hunter"));
  CHECK_FALSE(mask.finds_in(""));
  add_all(mask, {"other one"});
  CHECK(mask.finds_in("hunter2"));
  CHECK(mask.finds_in("other one"));
}
