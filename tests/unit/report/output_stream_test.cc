// Buffering, order and broken readers.
#include "report/output_stream.h"

#include <sys/socket.h>

#include <csignal>

#include "catch.h"
#include "run_world.h"

using namespace corun;

TEST_CASE("Nothing is written before a flush, then everything") {
  MemoryFile file;
  OutputStream stream(file.fd());
  stream.append("one ");
  stream.append("two\n");
  CHECK(file.text().empty());
  stream.flush();
  CHECK(file.text() == "one two\n");
  stream.flush();
  CHECK(file.text() == "one two\n");
}

TEST_CASE("Much is written without a flush") {
  MemoryFile file;
  OutputStream stream(file.fd());
  stream.append(std::string(200'000, 'x'));
  CHECK(file.text().size() == 200'000);
}

TEST_CASE("A line starts on its own") {
  MemoryFile file;
  OutputStream stream(file.fd());
  stream.start_line();
  stream.append("half");
  stream.start_line();
  stream.start_line();
  stream.append("next\n");
  stream.flush();
  CHECK(file.text() == "half\nnext\n");
}

TEST_CASE("Two streams in one place keep their order and their lines") {
  MemoryFile file;
  OutputStream out(file.fd());
  OutputStream err(file.fd());
  out.share_place_with(err);
  out.append("a half");
  err.start_line();
  err.append("progress\n");
  out.append("b\n");
  CHECK(err.at_line_start());
  err.append("more\n");
  out.flush();
  err.flush();
  CHECK(file.text() == "a half\nprogress\nb\nmore\n");
}

TEST_CASE("Two streams in two places know nothing of each other") {
  MemoryFile first;
  MemoryFile second;
  OutputStream out(first.fd());
  OutputStream err(second.fd());
  out.append("half");
  err.start_line();
  err.append("progress\n");
  out.flush();
  err.flush();
  CHECK(first.text() == "half");
  CHECK(second.text() == "progress\n");
  CHECK(same_place(first.fd(), first.fd()));
  CHECK_FALSE(same_place(first.fd(), second.fd()));
  CHECK_FALSE(same_place(first.fd(), -1));
}

TEST_CASE("A reader that went away mutes the stream without an error") {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd write_end(ends[1]);
  ::close(ends[0]);
  OutputStream stream(write_end.get());
  stream.append("lost\n");
  stream.flush();
  CHECK(stream.muted());
  CHECK(stream.error() == 0);
  stream.append("also lost\n");
  stream.flush();
  CHECK(stream.at_line_start());
}

TEST_CASE("A full device is an error that is kept") {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full);
  OutputStream stream(full.get());
  stream.append("lost\n");
  stream.flush();
  CHECK(stream.muted());
  CHECK(stream.error() == ENOSPC);
}

TEST_CASE("On a terminal colours and character sets of jobs end with what they say") {
  MemoryFile file;
  OutputStream out(file.fd());
  OutputStream err(file.fd());
  out.share_place_with(err);
  out.append("\x1b[31mred");
  out.end_style();
  out.flush();
  CHECK(file.text() == "\x1b[31mred");
  out.keep_style();
  out.append("\x1b[31mmore");
  err.end_style();
  CHECK_FALSE(err.at_line_start());
  err.append("\n");
  err.end_style();
  out.append("plain\n");
  err.end_style();
  CHECK(err.at_line_start());
  err.flush();
  out.flush();
  CHECK(file.text() == "\x1b[31mred\x1b[31mmore\x1b[m\x0f\x1b(B\nplain\n");
}
