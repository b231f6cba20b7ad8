// Text without a terminal.
#include "report/plain_text.h"

#include "catch.h"
#include "run_world.h"

using namespace corun;

TEST_CASE("Nothing in a mail steers a terminal") {
  CHECK(plain_text("a\x1b[31mb\x1b]0;title\x07"
                   "c\x1b]8;;u\x1b\\d\x1b(0") == "abcd0");
  CHECK(plain_text("x\x1b[") == "x");
  CHECK(plain_text("x\x1b") == "x");
  CHECK(plain_text("bell\x07 umlaut \xc3\xa4 latin1 \xe4!") == "bell\\x07 umlaut \xc3\xa4 latin1 \\xe4!");
}

TEST_CASE("Of a line that is written over, the last state counts") {
  CHECK(plain_text("1\r\n2\r3\n4\r\r\n5\r") == "1\n3\n4\n5");
  CHECK(plain_text("begin\n10 %\r50 %\r100 %\nend\n") == "begin\n100 %\nend\n");
  TextLog log;
  log.append("fetching\n");
  for (int i = 0; i < 1000; ++i) log.append("progress " + std::to_string(i) + "\r");
  log.append("\nno space left\n");
  CHECK(plain_tail(log) == "fetching\nprogress 999\nno space left\n");
}

TEST_CASE("Long lines go on below") {
  CHECK(folded("short\n\n") == "short\n\n");
  CHECK(folded("  | " + std::string(1000, 'x') + "\nend\n") ==
        "  | " + std::string(896, 'x') + "\n  | " + std::string(104, 'x') + "\nend\n");
  CHECK(folded(std::string(899, 'x') + "\xc3\xa4\n") == std::string(899, 'x') + "\n    \xc3\xa4\n");
}
