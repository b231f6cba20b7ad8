// Readers that are slow: nothing waits, nothing is lost, memory is bounded.
#include "report/output_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>

#include "catch.h"
#include "run_world.h"

using namespace corun;

namespace {

enum class Kind { pipe, socket, terminal };

struct Ends {
  explicit Ends(Kind kind) {
    int ends[2] = {-1, -1};
    if (kind == Kind::pipe) REQUIRE(::pipe(ends) == 0);
    if (kind == Kind::socket) REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    if (kind == Kind::terminal) REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0);
    read_end = UniqueFd(ends[0]);
    write_end = UniqueFd(ends[1]);
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  }
  // What has arrived so far.
  std::string take() const {
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(read_end.get(), buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
  }
  UniqueFd read_end;
  UniqueFd write_end;
};

std::string lines(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += std::to_string(i) + ' ';
  return text;
}

}  // namespace

TEST_CASE("a reader that doesn't read holds nobody, and gets everything later") {
  const Kind kind = GENERATE(Kind::pipe, Kind::socket, Kind::terminal);
  const Ends ends(kind);
  const int flags = ::fcntl(ends.write_end.get(), F_GETFL);
  OutputQueue queue(ends.write_end.get());
  queue.never_wait(-1);
  CHECK(queue.is_slow());
  const std::string text = lines(2'000'000);
  queue.append(text);
  queue.offer();
  CHECK_FALSE(queue.empty());
  CHECK(queue.is_long());
  std::string arrived;
  while (!queue.empty()) {
    arrived += ends.take();
    queue.offer();
  }
  arrived += ends.take();
  CHECK(arrived == text);
  CHECK_FALSE(queue.is_long());
  CHECK(queue.size() == 0);
  CHECK(::fcntl(ends.write_end.get(), F_GETFL) == flags);
}

TEST_CASE("logs wait in their files, in order with text") {
  const Ends ends(Kind::pipe);
  OutputQueue queue(ends.write_end.get());
  queue.never_wait(-1);
  const std::string text = lines(3'000'000);
  std::string arrived;
  {
    TextLog log;
    log.append(text);
    queue.append("before\n");
    queue.append(log, 0, 1000);
    queue.append(log, 1000, text.size());
    queue.append("\nafter\n");
    queue.offer();
    CHECK(queue.size() < 100'000);
  }  // the log is gone by its name, not by what it holds
  while (!queue.empty()) {
    arrived += ends.take();
    queue.offer();
  }
  CHECK(arrived + ends.take() == "before\n" + text + "\nafter\n");
}

TEST_CASE("of many logs without a name some are copied") {
  const Ends ends(Kind::pipe);
  OutputQueue queue(ends.write_end.get());
  queue.never_wait(-1);
  std::string all = lines(200'000);
  queue.append(all);
  queue.offer();
  for (int i = 0; i < 300; ++i) {
    TextLog log;
    log.append(std::to_string(i) + '\n');
    queue.append(log, 0, log.size());
    all += std::to_string(i) + '\n';
  }
  std::string arrived;
  while (!queue.empty()) {
    arrived += ends.take();
    queue.offer();
  }
  CHECK(arrived + ends.take() == all);
}

TEST_CASE("where very much waits in memory, it waits until it is interrupted") {
  const Ends ends(Kind::pipe);
  const Ends signal(Kind::pipe);
  OutputQueue queue(ends.write_end.get());
  queue.never_wait(signal.read_end.get());
  REQUIRE(::write(signal.write_end.get(), "x", 1) == 1);
  const std::string text(std::size_t{70} << 20, 'x');
  queue.append(text);  // would never end
  CHECK(queue.size() > (std::size_t{60} << 20));
  queue.mute();
  CHECK(queue.empty());
  queue.append("more");
  CHECK(queue.empty());
}

TEST_CASE("a file is written at once, as before") {
  const MemoryFile file;
  OutputQueue queue(file.fd());
  queue.never_wait(-1);
  CHECK_FALSE(queue.is_slow());
  queue.append(lines(2'000'000));
  queue.offer();
  CHECK(queue.empty());
  CHECK(file.text() == lines(2'000'000));
}

TEST_CASE("a reader that goes away while something waits") {
  ::signal(SIGPIPE, SIG_IGN);
  Ends ends(Kind::pipe);
  OutputQueue queue(ends.write_end.get());
  queue.never_wait(-1);
  queue.append(lines(2'000'000));
  queue.offer();
  ends.read_end.reset();
  queue.offer();
  CHECK(queue.muted());
  CHECK(queue.empty());
  CHECK(queue.error() == 0);
}
