// The last lines of a log.
#include "report/output_tail.h"

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

std::string tail_of(const std::string& text) {
  TextLog log;
  log.append(text);
  return output_tail(log);
}

}  // namespace

TEST_CASE("Short output is its own tail, with a line end") {
  CHECK(tail_of("").empty());
  CHECK(tail_of("one") == "one\n");
  CHECK(tail_of("one\ntwo\n") == "one\ntwo\n");
}

TEST_CASE("At most ten lines") {
  std::string text;
  for (int i = 1; i <= 12; ++i) text += std::to_string(i) + "\n";
  CHECK(tail_of(text) == "3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
  CHECK(tail_of("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n") == "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
  CHECK(tail_of("\n\n") == "\n\n");
}

TEST_CASE("At most 4 KiB, from a line's start where there is one") {
  const std::string line(3000, 'x');
  CHECK(tail_of(line + "\n" + line + "\nend\n") == line + "\nend\n");
  const std::string cut = tail_of(std::string(10'000, 'y'));
  CHECK(cut == "…" + std::string(4096, 'y') + "\n");
}
