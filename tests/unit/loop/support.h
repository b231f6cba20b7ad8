// What the loop tests share: a world with a fake clock, pipes, small coroutines. Knows no test.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "loop/awaiters.h"
#include "loop/cancel.h"
#include "loop/fake_clock.h"
#include "loop/loop.h"
#include "loop/task.h"

namespace corun::test {

/// A loop on a fake clock, and a scope that nothing cancels but the test.
struct World {
  FakeClock clock;
  Loop loop{clock};
  CancelScope scope;

  /// The point `since_start` after the clock's start.
  TimePoint at(Duration since_start) const { return TimePoint(since_start); }
};

/// What happened, in order.
using Diary = std::vector<std::string>;

/// Both ends of a pipe, non-blocking.
class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("pipe2");
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
  }
  void write(char c) {
    if (::write(write_end.get(), &c, 1) != 1) throw std::runtime_error("write");
  }

  UniqueFd read_end;
  UniqueFd write_end;
};

/// Waits for `pause`, then writes `entry` down.
inline Task<void> note_after(World& world, Duration pause, Diary& diary, std::string entry) {
  bool waited = co_await Sleep(world.loop, world.loop.now() + pause, world.scope);
  diary.push_back(waited ? entry : entry + " cancelled");
}

/// Waits for `pause`.
inline Task<void> pause_for(World& world, Duration pause) { co_await Sleep(world.loop, world.loop.now() + pause, world.scope); }

}  // namespace corun::test
