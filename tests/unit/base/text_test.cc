// Text tools.
#include "base/text.h"

#include <array>
#include <string>

#include "catch.h"

using namespace corun;

TEST_CASE("JSON strings escape quotes, backslashes and control bytes") {
  CHECK(json_string("") == R"("")");
  CHECK(json_string("plain") == R"("plain")");
  CHECK(json_string("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json_string("\n\r\t") == R"("\n\r\t")");
  CHECK(json_string(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
  std::string out = "x=";
  append_json_string(out, "y");
  CHECK(out == R"(x="y")");
}

TEST_CASE("JSON strings keep valid UTF-8 and replace the rest") {
  for (const char* valid : {"\"é\"", "\"€\"", "\"😀\"", "\"\xED\x9F\xBF\"", "\"\xF4\x8F\xBF\xBF\""}) {
    const std::string_view quoted(valid);
    CHECK(json_string(quoted.substr(1, quoted.size() - 2)) == quoted);
  }
  CHECK(json_string("a\xFFz") == "\"a\uFFFDz\"");
  CHECK(json_string("\xC3") == "\"\uFFFD\"");                      // cut short
  CHECK(json_string("\xC0\x80") == "\"\uFFFD\uFFFD\"");            // overlong
  CHECK(json_string("\xE0\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\"");  // overlong
  CHECK(json_string("\xF0\x80\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
  CHECK(json_string("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");              // a surrogate
  CHECK(json_string("\xF4\x90\x80\x80z") == "\"\uFFFD\uFFFD\uFFFD\uFFFDz\"");  // past U+10FFFF
  CHECK(json_string("\xE2\x82q") == "\"\uFFFD\uFFFDq\"");
}

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("retry", "retry") == 0);
  CHECK(edit_distance("retires", "retry") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("timeuot", "timeout") == 1);
  CHECK(edit_distance("ca", "abc") == 3);  // optimal string alignment: no edit between swapped ones
}

TEST_CASE("the most similar name is within a third of the text") {
  constexpr std::array<std::string_view, 4> keys{"needs", "retry", "timeout", "run"};
  CHECK(most_similar("timeuot", keys) == "timeout");
  CHECK(most_similar("retri", keys) == "retry");
  CHECK(most_similar("rum", keys) == "run");
  CHECK(most_similar("need", keys) == "needs");
  CHECK(most_similar("banana", keys).empty());
  CHECK(most_similar("", keys).empty());
  CHECK(most_similar("x", {}).empty());
  constexpr std::array<std::string_view, 2> tied{"cat", "bat"};
  CHECK(most_similar("rat", tied) == "cat");
}

TEST_CASE("globs") {
  CHECK(glob_match("", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*", "anything"));
  CHECK(glob_match("test-*", "test-"));
  CHECK(glob_match("*-test", "a-test-test"));
  CHECK(glob_match("a*b*c", "aXbYbZc"));
  CHECK_FALSE(glob_match("a*b*c", "aXbYbZ"));
  CHECK(glob_match("?at", "cat"));
  CHECK_FALSE(glob_match("?at", "at"));
  CHECK_FALSE(glob_match("cat?", "cat"));
  CHECK(glob_match("[a-c]x", "bx"));
  CHECK_FALSE(glob_match("[a-c]x", "dx"));
  CHECK(glob_match("[!a-c]x", "dx"));
  CHECK_FALSE(glob_match("[!a-c]x", "ax"));
  CHECK(glob_match("[]]", "]"));
  CHECK(glob_match("[a-]", "-"));
  CHECK(glob_match("job[12]*", "job2/eu"));
}

TEST_CASE("a bracket that isn't closed stands for itself") {
  CHECK(glob_match("[abc", "[abc"));
  CHECK(glob_match("[", "["));
  CHECK(glob_match("[]", "[]"));
  CHECK(glob_match("[!]", "[!]"));
  CHECK_FALSE(glob_match("[abc", "a"));
}

TEST_CASE("a glob that goes back often stays quick") {
  const std::string text(20'000, 'a');
  CHECK_FALSE(glob_match("*a*a*a*a*a*a*a*b", text));
  CHECK(glob_match("*a*a*a*a*a*a*a*", text));
}

TEST_CASE("control characters can't reach a terminal") {
  CHECK(escape_control("plain\ttext\n") == "plain\ttext\n");
  CHECK(escape_control("\x1b[2Jgone") == "\\x1b[2Jgone");
  CHECK(escape_control("a\rb\x7f\b") == "a\\x0db\\x7f\\x08");
  CHECK(escape_control(std::string_view("\0", 1)) == "\\x00");
  CHECK(escape_control("é € 😀") == "é € 😀");
  CHECK(escape_control("\xC2\x9B"
                       "2J\xC2\xA0") == "\\xc2\\x9b2J\xC2\xA0");  // U+009B is a CSI too, U+00A0 only a space
  CHECK(escape_control("\xC2") == "\xC2");
  CHECK(escape_control("a\u202Eb") == "a\\xe2\\x80\\xaeb");
  CHECK(escape_control("\u2066\u2069") == "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
  CHECK(escape_control("\u2029\u202F\u2065\u206A\xE2\x80") == "\u2029\u202F\u2065\u206A\xE2\x80");
}

TEST_CASE("shell words are quoted only where needed") {
  CHECK(shell_quote("plain-word_1.0/x:y,z+@%=") == "plain-word_1.0/x:y,z+@%=");
  CHECK(shell_quote("") == "''");
  CHECK(shell_quote("two words") == "'two words'");
  CHECK(shell_quote("it's") == "'it'\\''s'");
  CHECK(shell_quote("$HOME `x` \\") == "'$HOME `x` \\'");
  CHECK(shell_quote("~") == "'~'");
  CHECK(shell_quote("*") == "'*'");
}

TEST_CASE("percent-encoding leaves only unreserved characters") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a/b?c=d&e f%") == "a%2Fb%3Fc%3Dd%26e%20f%25");
  CHECK(percent_encode("é") == "%C3%A9");
  CHECK(percent_encode(std::string_view("\0\n", 2)) == "%00%0A");
}

TEST_CASE("a text that is cut ends with a whole character") {
  CHECK(cut_text("abc", 3) == "abc");
  CHECK(cut_text("abc", 2) == "ab");
  CHECK(cut_text("a\u00e9b", 2) == "a");
  CHECK(cut_text("a\u00e9b", 3) == "a\u00e9");
  CHECK(cut_text("\u20ac", 2).empty());
  CHECK(cut_text("", 5).empty());
}
