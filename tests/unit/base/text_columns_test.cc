// How many columns text takes on a terminal.
#include "base/text_columns.h"

#include "catch.h"

using namespace corun;

TEST_CASE("columns of text") {
  CHECK(text_columns("") == 0);
  CHECK(text_columns("plain") == 5);
  CHECK(text_columns("größe …") == 7);
  CHECK(text_columns("文字化け") == 8);
  CHECK(text_columns("e\u0301") == 1);       // a combining accent
  CHECK(text_columns("\U0001F600!") == 3);   // an emoji
  CHECK(text_columns("\u200b") == 0);        // a zero width space
  CHECK(text_columns("\uFF21\uFF76") == 3);  // full width, half width
  CHECK(text_columns("\U00020000") == 2);    // an ideograph beyond 16 bits
  CHECK(text_columns("\xff\xc3") == 2);      // not UTF-8
}

TEST_CASE("text is cut between characters") {
  CHECK(cut_columns("plain", 10) == "plain");
  CHECK(cut_columns("plain", 3) == "pla");
  CHECK(cut_columns("文字化け", 5) == "文字");
  CHECK(cut_columns("文字化け", 6) == "文字化");
  CHECK(cut_columns("ae\u0301b", 2) == "ae\u0301");
  CHECK(cut_columns("文", 1).empty());
  CHECK(cut_columns("文", 0).empty());
}

TEST_CASE("what doesn't fit ends with an ellipsis") {
  CHECK(shortened_to_columns("abcdef", 6) == "abcdef");
  CHECK(shortened_to_columns("abcdef", 5) == "abcd…");
  CHECK(shortened_to_columns("日本語", 5) == "日本…");
  CHECK(shortened_to_columns("日本語", 4) == "日…");
  CHECK(shortened_to_columns("abc", 1) == "…");
  CHECK(shortened_to_columns("abc", 0).empty());
  CHECK(shortened_in_middle("abcdef", 6) == "abcdef");
  CHECK(shortened_in_middle("abcdefgh", 6) == "abc…gh");
  CHECK(shortened_in_middle("日本語の名前", 8) == "日本…前");
  CHECK(shortened_in_middle("abcde\u0301fg", 6) == "abc…fg");
  CHECK(shortened_in_middle("abc", 1) == "…");
  CHECK(shortened_in_middle("abc", 0).empty());
}
