// Columns of painted texts.
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
  CHECK(width_of("ab\x1b[1;31") == 2);  // cut short
}
