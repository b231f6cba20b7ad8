// The live order: one owner, the others whole, lines never mixed.
#include "report/live_output.h"

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

// Passes a scripted run's output through a LiveOutput alone.
class LiveReport final : public Report {
 public:
  explicit LiveReport(OutputStream& stream) : live_(stream) {}
  void output(const OutputChunk& chunk) override { live_.output(chunk); }
  void attempt_start(const AttemptStart& attempt) override { live_.attempt_started(attempt.job); }
  void job_state(const JobStateChange& change) override {
    if (is_final(change.result.state)) live_.job_ended(change.job);
  }

 private:
  LiveOutput live_;
};

class Live {
 public:
  explicit Live(const std::vector<std::string>& names) : stream_(file_.fd()), report_(stream_), world(report_, names) {
    world.begin();
  }
  std::string text() {
    stream_.flush();
    return file_.text();
  }

 private:
  MemoryFile file_;
  OutputStream stream_;
  LiveReport report_;

 public:
  RunWorld world;
};

}  // namespace

TEST_CASE("The first writer passes at once, also in mid-line") {
  Live live({"a"});
  live.world.output("a", "half a ");
  CHECK(live.text() == "half a ");
  live.world.output("a", "line\n");
  CHECK(live.text() == "half a line\n");
}

TEST_CASE("A second writer waits until the owner ends, then goes on live") {
  Live live({"a", "b"});
  live.world.output("a", "a1\n");
  live.world.output("b", "b1\n");
  live.world.output("a", "a2\n");
  live.world.output("b", "b2\n");
  CHECK(live.text() == "a1\na2\n");
  live.world.end("a", JobState::succeeded, 1);
  CHECK(live.text() == "a1\na2\nb1\nb2\n");
  live.world.output("b", "b3\n");
  CHECK(live.text() == "a1\na2\nb1\nb2\nb3\n");
}

TEST_CASE("One that ends while another owns the stream is shown whole") {
  Live live({"a", "b"});
  live.world.output("a", "a1\n");
  live.world.output("b", "b1\nb2");
  live.world.end("b", JobState::failed, 1);
  CHECK(live.text() == "a1\nb1\nb2\n");
  live.world.output("a", "a2\n");
  CHECK(live.text() == "a1\nb1\nb2\na2\n");
}

TEST_CASE("One that ends in the middle of the owner's line is shown after it") {
  Live live({"a", "b", "c", "d"});
  live.world.output("a", "half");
  live.world.output("b", "b1\nb2");
  live.world.end("b", JobState::succeeded, 1);
  live.world.output("c", "c\n");
  live.world.end("c", JobState::succeeded, 1);
  CHECK(live.text() == "half");
  live.world.output("a", " and half\nnext");
  CHECK(live.text() == "half and half\nb1\nb2\nc\nnext");
  live.world.output("d", "d\n");
  live.world.end("d", JobState::succeeded, 1);
  SECTION("or when the owner ends") {
    live.world.end("a", JobState::succeeded, 1);
    CHECK(live.text() == "half and half\nb1\nb2\nc\nnext\nd\n");
  }
  SECTION("or its attempt") {
    live.world.start("a", 1, 2);
    CHECK(live.text() == "half and half\nb1\nb2\nc\nnext\nd\n");
  }
}

TEST_CASE("A line that doesn't end holds up only so many") {
  std::vector<std::string> names{"a"};
  for (int i = 0; i < 17; ++i) names.push_back("b" + std::to_string(i));
  Live live(names);
  live.world.output("a", "half");
  std::string all = "half\n";
  for (std::size_t i = 1; i < names.size(); ++i) {
    CHECK(live.text() == "half");
    live.world.output(names[i], names[i] + "\n");
    live.world.end(names[i], JobState::succeeded, 1);
    all += names[i] + "\n";
  }
  CHECK(live.text() == all);
}

TEST_CASE("Where messages go to the same place the owner's line is broken") {
  MemoryFile file;
  OutputStream out(file.fd());
  OutputStream err(file.fd());
  out.share_place_with(err);
  LiveReport report(out);
  RunWorld world(report, {"a", "b"});
  world.begin();
  world.output("a", "half");
  world.output("b", "whole\n");
  world.end("b", JobState::succeeded, 1);
  out.flush();
  CHECK(file.text() == "half\nwhole\n");
}

TEST_CASE("A missing last line end is added when the owner ends") {
  Live live({"a", "b"});
  live.world.output("a", "no end");
  live.world.end("a", JobState::succeeded, 1);
  live.world.output("b", "b\n");
  CHECK(live.text() == "no end\nb\n");
}

TEST_CASE("The one that has waited longest is next") {
  Live live({"a", "b", "c"});
  live.world.output("a", "a\n");
  live.world.output("c", "c\n");
  live.world.output("b", "b\n");
  live.world.end("a", JobState::succeeded, 1);
  CHECK(live.text() == "a\nc\n");
  live.world.end("c", JobState::succeeded, 2);
  CHECK(live.text() == "a\nc\nb\n");
}

TEST_CASE("An attempt of the owner starts on a line of its own") {
  Live live({"a"});
  live.world.start("a", 0, 1);
  live.world.output("a", "failing");
  live.world.start("a", 1, 2);
  live.world.output("a", "fine\n");
  CHECK(live.text() == "failing\nfine\n");
}

TEST_CASE("Jobs without output change nothing") {
  Live live({"a", "b"});
  live.world.output("a", "a\n");
  live.world.end("b", JobState::succeeded, 1);
  live.world.end("a", JobState::succeeded, 1);
  CHECK(live.text() == "a\n");
}

TEST_CASE("Long held output comes whole") {
  Live live({"a", "b"});
  const std::string much(300'000, 'x');
  live.world.output("a", "a\n");
  live.world.output("b", much);
  live.world.end("b", JobState::succeeded, 1);
  CHECK(live.text() == "a\n" + much + "\n");
}
