// Timers, descriptors and turns of the loop.
#include "loop/loop.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

class NotingTimer final : public Timer {
 public:
  NotingTimer(Diary& diary, std::string name) : diary_(diary), name_(std::move(name)) {}
  Timer* disarms = nullptr;  // when it fires

 private:
  void on_timer() override {
    diary_.push_back(name_ + (armed() ? " still armed" : ""));
    if (disarms != nullptr) disarms->disarm();
  }
  Diary& diary_;
  std::string name_;
};

// Reads one byte a call, as level-triggered descriptors allow.
class Reader final : public FdHandler {
 public:
  void on_fd(int fd, std::uint32_t events) override {
    ++calls;
    last_fd = fd;
    last_events = events;
    char c = 0;
    while (reads && ::read(fd, &c, 1) == 1) {
      text += c;
      if (one_at_a_time) break;
    }
  }
  int calls = 0;
  int last_fd = -1;
  std::uint32_t last_events = 0;
  std::string text;
  bool reads = true;
  bool one_at_a_time = true;
};

// The first of two to be called closes the other's descriptor and puts a fresh, silent pipe in its place.
class Usurper final : public FdHandler {
 public:
  Usurper(Loop& loop, Pipe& fresh, Reader& heir) : loop_(loop), fresh_(fresh), heir_(heir) {}
  void on_fd(int, std::uint32_t) override {
    ++calls;
    if (other == nullptr) return;
    const int number = other->read_end.get();
    loop_.unwatch(number);
    other->read_end.reset();
    if (::dup2(fresh_.read_end.get(), number) != number) throw std::runtime_error("dup2");
    other->read_end.reset(number);
    loop_.watch(number, EPOLLIN, heir_);
    other = nullptr;
  }
  Pipe* other = nullptr;
  int calls = 0;

 private:
  Loop& loop_;
  Pipe& fresh_;
  Reader& heir_;
};

class CountingHook final : public TurnHook {
 public:
  void before_wait() override { ++calls; }
  int calls = 0;
};

Task<void> await_turns(Loop& loop, int count) {
  for (int i = 0; i < count; ++i) co_await NextTurn(loop);
}

// Turns with a timer between them, so that descriptors are asked each time.
void some_turns(World& world) {
  for (int i = 0; i < 3; ++i) run(world.loop, pause_for(world, 1s));
}

}  // namespace

TEST_CASE("timers fire in the order of their deadlines, equal ones in that of arming") {
  World world;
  Diary diary;
  std::vector<std::unique_ptr<NotingTimer>> timers;
  std::vector<std::pair<int, int>> expected;
  unsigned int random = 12345;
  for (int i = 0; i < 500; ++i) {
    random = random * 1103515245U + 12345U;
    const int second = static_cast<int>(random >> 16) % 50 + 1;
    expected.emplace_back(second, i);
    timers.push_back(std::make_unique<NotingTimer>(diary, std::to_string(i)));
    timers.back()->arm(world.loop, world.at(std::chrono::seconds(second)));
  }
  std::sort(expected.begin(), expected.end());
  run(world.loop, pause_for(world, 51s));
  REQUIRE(diary.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(diary[i] == std::to_string(expected[i].second));
}

TEST_CASE("a timer fires once, not armed any more, and not before its deadline") {
  World world;
  Diary diary;
  NotingTimer timer(diary, "timer");
  timer.arm(world.loop, world.at(10s));
  CHECK(timer.armed());
  CHECK(timer.deadline() == world.at(10s));
  run(world.loop, pause_for(world, 9s));
  CHECK(diary.empty());
  run(world.loop, pause_for(world, 9s));
  CHECK(diary == Diary{"timer"});
  CHECK_FALSE(timer.armed());
  run(world.loop, pause_for(world, 9s));
  CHECK(diary.size() == 1);
}

TEST_CASE("timers move, are disarmed, and leave when they are destroyed") {
  World world;
  Diary diary;
  NotingTimer moved(diary, "moved");
  NotingTimer disarmed(diary, "disarmed");
  NotingTimer never(diary, "never armed");
  auto destroyed = std::make_unique<NotingTimer>(diary, "destroyed");
  moved.arm(world.loop, world.at(1s));
  disarmed.arm(world.loop, world.at(2s));
  destroyed->arm(world.loop, world.at(3s));
  moved.arm(world.loop, world.at(5s));
  disarmed.disarm();
  disarmed.disarm();
  never.disarm();
  destroyed.reset();
  run(world.loop, pause_for(world, 4s));
  CHECK(diary.empty());
  run(world.loop, pause_for(world, 4s));
  CHECK(diary == Diary{"moved"});
}

TEST_CASE("many timers leave from the middle of the heap without disturbing the rest") {
  World world;
  Diary diary;
  std::vector<std::unique_ptr<NotingTimer>> timers;
  for (int i = 0; i < 200; ++i) {
    timers.push_back(std::make_unique<NotingTimer>(diary, std::to_string(i)));
    timers.back()->arm(world.loop, world.at(std::chrono::seconds((i * 67) % 200 + 1)));
  }
  Diary expected;
  for (int second = 1; second <= 200; ++second) {
    for (int i = 0; i < 200; ++i) {
      if ((i * 67) % 200 + 1 == second && i % 3 != 0) expected.push_back(std::to_string(i));
    }
  }
  for (std::size_t i = 0; i < 200; i += 3) timers[i].reset();
  run(world.loop, pause_for(world, 201s));
  CHECK(diary == expected);
}

TEST_CASE("a timer can disarm another one that is due at the same time") {
  World world;
  Diary diary;
  NotingTimer first(diary, "first");
  NotingTimer second(diary, "second");
  first.disarms = &second;
  first.arm(world.loop, world.at(1s));
  second.arm(world.loop, world.at(1s));
  run(world.loop, pause_for(world, 2s));
  CHECK(diary == Diary{"first"});
}

TEST_CASE("a timer may outlive its loop") {
  FakeClock clock;
  Diary diary;
  NotingTimer timer(diary, "timer");
  {
    Loop loop(clock);
    timer.arm(loop, clock.now() + 1s);
  }
  CHECK_FALSE(timer.armed());
}

TEST_CASE("a watched descriptor is reported as long as there is something to read") {
  World world;
  Pipe pipe;
  Reader reader;
  pipe.write('a');
  pipe.write('b');
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  CHECK(world.loop.run_until([&] { return reader.text.size() == 2; }));
  CHECK(reader.text == "ab");
  CHECK(reader.calls == 2);
  CHECK(reader.last_fd == pipe.read_end.get());
  CHECK((reader.last_events & EPOLLIN) != 0);
  some_turns(world);
  CHECK(reader.calls == 2);
  pipe.write_end.reset();
  CHECK(world.loop.run_until([&] { return reader.calls == 3; }));
  CHECK((reader.last_events & EPOLLHUP) != 0);
  world.loop.unwatch(pipe.read_end.get());
}

// Does what a job's end does many times over: wakes the next, which wakes the next.
struct Relay {
  struct Runner {
    struct promise_type {
      Runner get_return_object() { return Runner{std::coroutine_handle<promise_type>::from_promise(*this)}; }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
  };

  Runner leg(std::size_t index) {
    ++done;
    if (index + 1 < runners.size()) loop.post(runners[index + 1].handle);
    co_return;
  }
  Relay(Loop& loop_, std::size_t legs) : loop(loop_), runners(legs) {
    for (std::size_t i = 0; i < legs; ++i) runners[i] = leg(i);
    loop.post(runners.front().handle);
  }
  ~Relay() {
    for (const Runner& runner : runners) runner.handle.destroy();
  }

  Loop& loop;
  std::vector<Runner> runners;
  std::size_t done = 0;
};

TEST_CASE("a chain of wake-ups runs in one turn, a long one lets events in between") {
  World world;
  Pipe pipe;
  Reader reader;
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  Relay short_chain(world.loop, 10);
  const std::uint64_t before = world.loop.turn();
  CHECK(world.loop.run_until([&] { return short_chain.done == 10; }));
  CHECK(world.loop.turn() == before + 1);

  Relay long_chain(world.loop, 10'000);
  pipe.write('a');
  std::size_t done_at_event = 0;
  CHECK(world.loop.run_until([&] {
    if (done_at_event == 0 && reader.text == "a") done_at_event = long_chain.done;
    return long_chain.done == 10'000;
  }));
  CHECK(done_at_event > 10);
  CHECK(done_at_event < 1'000);
  world.loop.unwatch(pipe.read_end.get());
}

TEST_CASE("descriptors come before timers, also on a fake clock") {
  World world;
  Pipe pipe;
  Reader reader;
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  pipe.write('a');
  run(world.loop, pause_for(world, 1s));
  CHECK(reader.text == "a");
  CHECK(world.clock.elapsed() == 1s);
  world.loop.unwatch(pipe.read_end.get());
}

TEST_CASE("interest can change, and a forgotten descriptor is silent") {
  World world;
  Pipe pipe;
  Reader writable;
  writable.reads = false;
  world.loop.watch(pipe.write_end.get(), EPOLLIN, writable);
  world.loop.watch(pipe.write_end.get(), EPOLLOUT, writable);  // only the last one before a wait counts
  CHECK(world.loop.run_until([&] { return writable.calls == 1; }));
  CHECK(writable.last_events == EPOLLOUT);
  world.loop.unwatch(pipe.write_end.get());
  world.loop.unwatch(pipe.write_end.get());
  world.loop.unwatch(9999);
  some_turns(world);
  CHECK(writable.calls == 1);
  world.loop.watch(pipe.write_end.get(), EPOLLOUT, writable);
  CHECK(world.loop.run_until([&] { return writable.calls == 2; }));
  world.loop.unwatch(pipe.write_end.get());
}

TEST_CASE("a descriptor that is watched and forgotten in one turn leaves nothing behind") {
  World world;
  Reader reader;
  Pipe pipe;
  pipe.write('a');
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  world.loop.unwatch(pipe.read_end.get());
  some_turns(world);
  CHECK(reader.calls == 0);
  CHECK_FALSE(world.loop.run_until([] { return false; }));  // nothing left that could happen
}

TEST_CASE("an event of a closed descriptor never reaches its successor") {
  World world;
  Pipe first;
  Pipe second;
  Pipe fresh;
  Reader heir;
  Usurper on_first(world.loop, fresh, heir);
  Usurper on_second(world.loop, fresh, heir);
  on_first.other = &second;
  on_second.other = &first;
  world.loop.watch(first.read_end.get(), EPOLLIN, on_first);
  world.loop.watch(second.read_end.get(), EPOLLIN, on_second);
  first.write('1');
  second.write('2');
  CHECK(world.loop.run_until([&] { return on_first.calls + on_second.calls > 0; }));
  CHECK(on_first.calls + on_second.calls == 1);  // both were ready in that turn
  CHECK(heir.calls == 0);
  fresh.write('f');
  CHECK(world.loop.run_until([&] { return heir.calls > 0; }));
  CHECK(heir.text == "f");
  world.loop.unwatch(first.read_end.get());
  world.loop.unwatch(second.read_end.get());
}

TEST_CASE("a parked descriptor says nothing, and speaks again when it is wanted") {
  World world;
  Pipe pipe;
  Pipe other;  // keeps the loop asking for events
  Reader reader;
  Reader silent;
  world.loop.watch(other.read_end.get(), EPOLLIN, silent);
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  some_turns(world);
  world.loop.watch(pipe.read_end.get(), 0, reader);
  some_turns(world);
  pipe.write('a');
  some_turns(world);  // it speaks while parked: out of epoll
  CHECK(reader.calls == 0);
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  CHECK(world.loop.run_until([&] { return reader.text == "a"; }));

  world.loop.watch(pipe.read_end.get(), 0, reader);  // parked and wanted again without a word in between
  some_turns(world);
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  pipe.write('b');
  CHECK(world.loop.run_until([&] { return reader.text == "ab"; }));
  world.loop.unwatch(pipe.read_end.get());
  world.loop.unwatch(other.read_end.get());
}

TEST_CASE("a parked descriptor doesn't keep a loop going") {
  World world;
  Pipe pipe;
  Reader reader;
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  some_turns(world);
  world.loop.watch(pipe.read_end.get(), 0, reader);
  CHECK_FALSE(world.loop.run_until([] { return false; }));
  world.loop.unwatch(pipe.read_end.get());
  CHECK_FALSE(world.loop.run_until([] { return false; }));
}

TEST_CASE("a parked descriptor can be closed, and its number used again") {
  World world;
  Reader old_reader;
  Reader new_reader;
  Pipe pipe;
  world.loop.watch(pipe.read_end.get(), EPOLLIN, old_reader);
  some_turns(world);
  world.loop.watch(pipe.read_end.get(), 0, old_reader);
  some_turns(world);
  const int number = pipe.read_end.get();
  world.loop.unwatch(number);
  pipe.read_end.reset();
  Pipe successor;
  REQUIRE(successor.read_end.get() == number);
  world.loop.watch(number, EPOLLIN, new_reader);
  successor.write('s');
  CHECK(world.loop.run_until([&] { return new_reader.text == "s"; }));
  CHECK(old_reader.calls == 0);
  world.loop.unwatch(number);
}

TEST_CASE("turn hooks are called once a turn until they are removed") {
  World world;
  CountingHook hook;
  CountingHook other;
  world.loop.add_turn_hook(hook);
  world.loop.add_turn_hook(other);
  const std::uint64_t before = world.loop.turn();
  run(world.loop, await_turns(world.loop, 4));
  CHECK(static_cast<std::uint64_t>(hook.calls) == world.loop.turn() - before);
  CHECK(hook.calls == 5);
  world.loop.remove_turn_hook(hook);
  run(world.loop, await_turns(world.loop, 4));
  CHECK(hook.calls == 5);
  CHECK(other.calls == 10);
}

TEST_CASE("what is posted in a turn runs in the next, so descriptors get their share") {
  World world;
  Pipe pipe;
  Reader reader;
  pipe.write('a');
  world.loop.watch(pipe.read_end.get(), EPOLLIN, reader);
  run(world.loop, await_turns(world.loop, 10));
  CHECK(reader.text == "a");
  world.loop.unwatch(pipe.read_end.get());
}
