// Job output with the jobs' names, and whole at their ends.
#include "report/prefixed_output.h"

#include "catch.h"
#include "report/console.h"
#include "run_world.h"

using namespace corun;

namespace {

struct Printed {
  explicit Printed(LogOrder order, bool color = false)
      : out(out_file.fd()), err(err_file.fd()), console(out, err, settings(order, color)), world(console, {"a", "build", "c"}) {
    world.begin();
    for (const char* name : {"a", "build", "c"}) world.start(name, 0);
  }
  static ConsoleSettings settings(LogOrder order, bool color) {
    ConsoleSettings settings;
    settings.log_order = order;
    settings.output_color = color;
    return settings;
  }
  std::string text() {
    console.flush();
    return out_file.text();
  }
  MemoryFile out_file;
  MemoryFile err_file;
  OutputStream out;
  OutputStream err;
  Console console;
  RunWorld world;
};

}  // namespace

TEST_CASE("prefixed: lines go out when they are whole, aligned") {
  Printed screen(LogOrder::prefixed);
  screen.world.output("a", "one\ntw");
  screen.world.output("build", "x\r\n\n");
  screen.world.output("a", "o\nend");
  screen.world.output("a", "error\n", 0, Stream::standard_error);
  CHECK(screen.text() == "a     | one\nbuild | x\nbuild |\na     | two\na     | error\n");
  screen.world.end("a", JobState::succeeded, 1);
  CHECK(screen.text().ends_with("a     | end\n"));
  screen.world.output("build", "10%\r20%");
  screen.world.output("build", "\r30%\n");
  CHECK(screen.text().ends_with("\nbuild | 30%\n"));
  screen.world.output("c", std::string(20'000, 'x'));
  CHECK(screen.text().ends_with("x\n"));
}

TEST_CASE("prefixed: each job has its colour, which that of its lines can't leave") {
  Printed screen(LogOrder::prefixed, true);
  screen.world.output("a", "one\n");
  screen.world.output("build", "\x1b[31mred\n");
  CHECK(screen.text() == "\x1b[36ma     |\x1b[m one\n\x1b[33mbuild |\x1b[m \x1b[31mred\x1b[m\n");
}

TEST_CASE("grouped: a job's output is shown whole, at its end") {
  Printed screen(LogOrder::grouped);
  screen.world.output("a", "a1\n");
  screen.world.output("build", "b1\n");
  CHECK(screen.text().empty());
  screen.world.output("a", "a2\n");
  screen.world.end("build", JobState::succeeded, 1);
  CHECK(screen.text() == "b1\n");
  screen.world.end("a", JobState::succeeded, 1);
  CHECK(screen.text() == "b1\na1\na2\n");
}
