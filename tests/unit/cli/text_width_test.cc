// Columns of texts, and what fits into some.
#include "cli/text_width.h"

#include "catch.h"

using namespace corun;

TEST_CASE("columns are those of characters, not of bytes or colours") {
  CHECK(width_of("") == 0);
  CHECK(width_of("abc") == 3);
  CHECK(width_of("größe …") == 7);
  CHECK(width_of("日本") == 4);
  CHECK(width_of("e\u0301") == 1);
  CHECK(width_of("\x1b[1;31mred\x1b[0m") == 3);
  CHECK(width_of("\xff") == 1);
}

TEST_CASE("what doesn't fit ends with an ellipsis") {
  CHECK(cut_to_width("abcdef", 6) == "abcdef");
  CHECK(cut_to_width("abcdef", 5) == "abcd…");
  CHECK(cut_to_width("日本語", 5) == "日本…");
  CHECK(cut_to_width("日本語", 4) == "日…");
  CHECK(cut_to_width("abc", 1) == "…");
  CHECK(cut_to_width("abc", 0).empty());
}
