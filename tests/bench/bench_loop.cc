// Micro-benchmark: the loop's own costs: a task awaited, a coroutine posted, a timer, a descriptor's event. Usage: bench_loop
// [ROUNDS]
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "loop/awaiters.h"
#include "loop/loop.h"
#include "loop/task.h"

using namespace corun;

namespace {

Task<int> one() { co_return 1; }

Task<void> await_tasks(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    const int value = co_await one();
    if (value != 1) std::abort();
  }
}

Task<void> take_turns(Loop& loop, int rounds) {
  for (int i = 0; i < rounds; ++i) co_await NextTurn(loop);
}

Task<void> start_tasks(Loop& loop, int rounds) {
  TaskGroup group(loop);
  for (int i = 0; i < rounds; ++i) group.start(take_turns(loop, 1));
  co_await group.join();
}

class CountingTimer final : public Timer {
 private:
  void on_timer() override {}
};

void arm_and_disarm(Loop& loop, int rounds) {
  constexpr std::size_t kArmed = 1000;
  const auto timers = std::make_unique<CountingTimer[]>(kArmed);
  const TimePoint base = loop.now() + 1h;
  for (int i = 0; i < rounds; ++i)
    timers[static_cast<std::size_t>(i) * 7919 % kArmed].arm(loop, base + Duration(i * 104729LL % 1000003));
}

class PingPong final : public FdHandler {
 public:
  PingPong(Loop& loop, int rounds) : loop_(loop), left_(rounds) {
    if (::pipe(pipe_.data()) != 0) std::abort();
    loop_.watch(pipe_[0], EPOLLIN, *this);
    send();
  }
  ~PingPong() {
    loop_.unwatch(pipe_[0]);
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }
  bool done() const { return left_ == 0; }

 private:
  void send() {
    if (::write(pipe_[1], "x", 1) != 1) std::abort();
  }
  void on_fd(int fd, std::uint32_t) override {
    char byte = 0;
    if (::read(fd, &byte, 1) != 1) std::abort();
    if (--left_ > 0) send();
  }
  Loop& loop_;
  int left_;
  std::array<int, 2> pipe_{};
};

template <typename Work>
void measure(const char* name, int rounds, Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%-28s %8.1f ns\n", name, seconds * 1e9 / rounds);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  SystemClock clock;
  Loop loop(clock);
  measure("await a task", rounds, [&] { run(loop, await_tasks(rounds)); });
  measure("start and join a task", rounds, [&] { run(loop, start_tasks(loop, rounds)); });
  measure("arm a timer (1 000 armed)", rounds, [&] { arm_and_disarm(loop, rounds); });
  measure("a turn of the loop", rounds, [&] { run(loop, take_turns(loop, rounds)); });
  measure("a descriptor's event", rounds, [&] {
    const PingPong ping(loop, rounds);
    loop.run_until([&] { return ping.done(); });
  });
  return 0;
}
