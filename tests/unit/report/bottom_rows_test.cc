// Rows below what is written: when they are wiped, drawn, put off. What it looks like is seen by tests/integration/terminal.
#include "report/bottom_rows.h"

#include "catch.h"
#include "report/live_display.h"
#include "run_world.h"

using namespace corun;

namespace {

struct Terminal {
  Terminal() : stream(file.fd()), screen(stream, false) {}
  // What has been written since the last time.
  std::string written() {
    stream.offer();
    const std::string all = file.text();
    std::string news = all.substr(seen);
    seen = all.size();
    return news;
  }
  MemoryFile file;
  OutputStream stream;
  BottomRows screen;
  std::size_t seen = 0;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("rows are drawn once, wiped before text, and drawn again") {
  Terminal terminal;
  const std::vector<Row> rows = {{Span{"one"}}, {Span{"two"}}};
  terminal.screen.draw(rows);
  const std::string first = terminal.written();
  CHECK(has(first, "\rone\x1b[K\r\ntwo\x1b[K"));
  CHECK(has(first, "\x1b[?25l"));
  terminal.screen.draw(rows);
  CHECK(terminal.written().empty());
  terminal.stream.append("text\n");
  terminal.screen.draw(rows);
  const std::string again = terminal.written();
  CHECK(again.find("\x1b[J") < again.find("text\n"));
  CHECK(again.find("text\n") < again.find("\rone"));
  CHECK_FALSE(has(again, "\x1b[?25"));  // still hidden
  terminal.screen.clear();
  const std::string cleared = terminal.written();
  CHECK(has(cleared, "\x1b[J"));
  CHECK(has(cleared, "\x1b[?25h"));
  terminal.screen.clear();
  CHECK(terminal.written().empty());
}

TEST_CASE("below an unfinished line rows begin in the next one") {
  Terminal terminal;
  terminal.stream.append("working");
  terminal.screen.draw({{Span{"row"}}});
  CHECK(has(terminal.written(), "\r\nrow\x1b[K"));
}

TEST_CASE("rows are cut to the terminal, and can't steer it") {
  Terminal terminal;
  terminal.screen.set_size(10, 3);
  terminal.screen.draw({{Span{"文字化け文字"}}, {Span{"a\x1b[31m\tb"}}, {Span{"never"}}});
  const std::string text = terminal.written();
  CHECK(has(text, "\r文字化け…\x1b[K\r\na\\x1b[31…\x1b[K"));
  CHECK_FALSE(has(text, "never"));
}

TEST_CASE("no row in the middle of a character or an escape sequence, unless it never ends") {
  const auto is_whole = [](std::initializer_list<std::string_view> parts) {
    WrittenText text;
    for (const std::string_view part : parts) text.add(part);
    return text.is_whole();
  };
  CHECK(is_whole({"plain \xc3\xa4"}));
  CHECK(is_whole({"\x1b[31mred"}));
  CHECK(is_whole({"\x1b]0;title\a"}));
  CHECK(is_whole({"\x1b]8;;http://a\x1b\\text"}));
  CHECK(is_whole({"\x1b(B"}));
  CHECK(is_whole({"\xc3", "\xa4"}));
  CHECK(is_whole({"\xc3", "a"}));
  CHECK(is_whole({"\x1b[3", "1m"}));
  CHECK(is_whole({"long enough, then two continuing bytes \x80\x80"}));
  CHECK_FALSE(is_whole({"text \xe6\x96"}));
  CHECK_FALSE(is_whole({"\xf0\x9f", "\x98"}));
  CHECK_FALSE(is_whole({"\x1b"}));
  CHECK_FALSE(is_whole({"\x1b[3", "1;"}));
  CHECK_FALSE(is_whole({"\x1b]0;title \xc3\xa4"}));
  CHECK_FALSE(is_whole({"\x1b("}));

  Terminal terminal;
  terminal.stream.append("a\x1b[3");
  for (int frame = 0; frame < 4; ++frame) terminal.screen.draw({{Span{"row"}}});
  CHECK(terminal.written() == "a\x1b[3");
  terminal.screen.draw({{Span{"row"}}});
  CHECK(terminal.written().starts_with("\x18"));
}

TEST_CASE("much text goes out at once, and the rows with it") {
  Terminal terminal;
  terminal.screen.draw({{Span{"row"}}});
  terminal.written();
  terminal.stream.queue().hold(true);
  terminal.stream.append(std::string(1000, 'x') + '\n');
  CHECK(terminal.written().empty());
  terminal.stream.append(std::string(100'000, 'x') + '\n');
  const std::string text = terminal.written();
  CHECK(text.size() > 101'000);
  CHECK(has(text, "\rrow\x1b[K"));
}

TEST_CASE("the live view is drawn ten times a second at most, and what is written meanwhile with it") {
  MemoryFile file;
  OutputStream stream(file.fd());
  class HandClock final : public Clock {
   public:
    TimePoint now() const override { return time; }
    WallTime wall_now() const override { return {}; }
    bool skip_to(TimePoint) override { return false; }
    TimePoint time{};
  } clock;
  RunningJobs jobs;
  LiveDisplay display(stream, clock, jobs, false);
  std::size_t seen = 0;
  const auto written = [&] {
    const std::string all = file.text();
    std::string news = all.substr(seen);
    seen = all.size();
    return news;
  };
  RunProgress progress;
  progress.total = 2;
  display.update(progress);
  display.begin();
  display.flush();
  CHECK(written().empty());
  REQUIRE(display.wake() == TimePoint(100ms));
  clock.time = TimePoint(100ms);
  display.flush();
  CHECK(has(written(), "[0/2]"));
  CHECK(display.wake() == TimePoint(1s));  // the clock of the run
  display.flush();
  CHECK(written().empty());

  clock.time = TimePoint(150ms);
  stream.append("text\n");
  display.flush();
  CHECK(written().empty());
  CHECK(display.wake() == TimePoint(200ms));
  clock.time = TimePoint(200ms);
  display.flush();
  CHECK(has(written(), "text\n"));

  clock.time = TimePoint(500ms);  // nothing for a while: at once
  stream.append("more\n");
  display.flush();
  CHECK(has(written(), "more\n"));
  display.hide();
  CHECK(has(written(), "\x1b[?25h"));
  stream.append("hidden\n");
  display.flush();
  CHECK(written() == "hidden\n");
  CHECK_FALSE(display.wake());
  display.show();
  display.flush();
  CHECK(has(written(), "[0/2]"));
  display.end();
  display.flush();
  CHECK(has(written(), "\x1b[?25h"));
}

TEST_CASE("where who reads the output shows it on the same terminal, the rows make way for it") {
  MemoryFile file;
  MemoryFile piped;
  OutputStream stream(file.fd());
  OutputStream output(piped.fd());
  class HandClock final : public Clock {
   public:
    TimePoint now() const override { return time; }
    WallTime wall_now() const override { return {}; }
    bool skip_to(TimePoint) override { return false; }
    TimePoint time{};
  } clock;
  RunningJobs jobs;
  LiveDisplay display(stream, clock, jobs, false, &output.queue());
  const auto flush = [&](Duration at) {
    clock.time = TimePoint(at);
    const std::size_t before = file.text().size();
    display.flush();
    output.offer();
    return file.text().substr(before);
  };
  display.begin();
  CHECK(has(flush(100ms), "[0/0]"));
  output.append("text\n");
  CHECK(flush(150ms).empty());
  CHECK(piped.text().empty());
  CHECK(display.wake() == TimePoint(200ms));
  const std::string away = flush(200ms);
  CHECK(has(away, "\x1b[J"));
  CHECK_FALSE(has(away, "[0/0]"));
  CHECK(piped.text() == "text\n");
  CHECK(display.wake() == TimePoint(300ms));
  CHECK(flush(220ms).empty());
  CHECK(has(flush(300ms), "[0/0]"));
  output.append("more\n");
  display.hide();
  flush(310ms);
  CHECK(piped.text() == "text\nmore\n");
}
