// Tasks, groups of tasks, and what a loop does when nothing can happen any more.
#include "loop/task.h"

#include <algorithm>
#include <cstdint>
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

Task<int> seven() { co_return 7; }

Task<int> doubled(Task<int> task) {
  int value = co_await std::move(task);
  co_return 2 * value;
}

Task<int> after(World& world, Duration pause, int value) {
  co_await Sleep(world.loop, world.loop.now() + pause, world.scope);
  co_return value;
}

Task<int> failing(World& world, Duration pause, std::string message) {
  co_await Sleep(world.loop, world.loop.now() + pause, world.scope);
  throw std::runtime_error(message);
}

Task<void> failing_silently(World& world, Duration pause, std::string message) {
  co_await failing(world, pause, std::move(message));
}

Task<std::string> caught(World& world) {
  std::string message = "none";
  try {
    co_await failing(world, 1s, "inner");
  } catch (const std::runtime_error& error) {
    message = error.what();
  }
  co_return message;
}

Task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(3); }

Task<void> wait_for(Event& event, CancelScope& scope) { co_await event.wait(scope); }

Task<void> group_of_notes(World& world, Diary& diary) {
  TaskGroup group(world.loop);
  group.start(note_after(world, 3s, diary, "slow"));
  group.start(note_after(world, 1s, diary, "quick"));
  diary.push_back("started " + std::to_string(group.running()));
  co_await group.join();
  diary.push_back("joined " + std::to_string(group.running()));
}

Task<void> start_more(World& world, TaskGroup& group, Diary& diary) {
  co_await pause_for(world, 1s);
  group.start(note_after(world, 5s, diary, "grandchild"));
  diary.push_back("child");
}

Task<void> group_that_grows(World& world, Diary& diary) {
  TaskGroup group(world.loop);
  group.start(start_more(world, group, diary));
  co_await group.join();
  diary.push_back("joined");
}

Task<void> group_with_failures(World& world, Diary& diary) {
  TaskGroup group(world.loop);
  group.start(failing_silently(world, 2s, "second"));
  group.start(failing_silently(world, 1s, "first"));
  group.start(note_after(world, 3s, diary, "sibling"));
  co_await group.join();
}

Task<void> empty_group(World& world, Diary& diary) {
  TaskGroup group(world.loop);
  co_await group.join();
  diary.push_back("joined");
}

// Where the stack is now; comparing two of them tells whether it grew.
[[gnu::noinline]] std::uintptr_t stack_position() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

struct StackRange {
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;

  void note() {
    lowest = std::min(lowest, stack_position());
    highest = std::max(highest, stack_position());
  }
  std::uintptr_t size() const { return highest - lowest; }
};

Task<int> at_once(StackRange& stack, int value) {
  stack.note();
  co_return value;
}

Task<int> next_turn(Loop& loop, StackRange& stack, int value) {
  co_await NextTurn(loop);
  stack.note();
  co_return value;
}

Task<void> empty_task(StackRange& stack) {
  stack.note();
  co_return;
}

Task<long> many_awaits(Loop& loop, StackRange& stack, int count, bool waiting) {
  long sum = 0;
  for (int i = 0; i < count; ++i) {
    if (waiting) {
      int value = co_await next_turn(loop, stack, i);
      sum += value;
    } else {
      int value = co_await at_once(stack, i);
      sum += value;
    }
  }
  co_return sum;
}

Task<void> many_started(Loop& loop, StackRange& stack, int count) {
  TaskGroup group(loop);
  for (int i = 0; i < count; ++i) group.start(empty_task(stack));
  co_await group.join();
}

constexpr int kMany = 100'000;
constexpr long kSum = 4'999'950'000;
constexpr std::uintptr_t kFewFrames = 16 * 1024;

}  // namespace

TEST_CASE("a task gives its value to who awaits it") {
  World world;
  CHECK(run(world.loop, seven()) == 7);
  CHECK(run(world.loop, doubled(doubled(seven()))) == 28);
  CHECK(run(world.loop, doubled(after(world, 2s, 5))) == 10);
  CHECK(world.clock.elapsed() == 2s);
  CHECK(*run(world.loop, move_only()) == 3);
}

TEST_CASE("a task doesn't start before it is awaited") {
  World world;
  Diary diary;
  {
    Task<void> never = note_after(world, 0s, diary, "ran");
    Task<void> moved = std::move(never);
    CHECK(diary.empty());
  }
  CHECK(diary.empty());
  run(world.loop, note_after(world, 0s, diary, "ran"));
  CHECK(diary == Diary{"ran"});
}

TEST_CASE("an exception reaches the awaiter, and whoever runs the loop") {
  World world;
  CHECK(run(world.loop, caught(world)) == "inner");
  CHECK_THROWS_WITH(run(world.loop, doubled(failing(world, 0s, "outer"))), "outer");
}

TEST_CASE("waiting for what can't happen is an error, not a hang") {
  World world;
  Event never(world.loop);
  CHECK_THROWS_AS(run(world.loop, wait_for(never, world.scope)), std::logic_error);
  never.set();
  run(world.loop, wait_for(never, world.scope));
}

TEST_CASE("a run ends when its task does, though timers and descriptors are still there") {
  class Silent final : public FdHandler {
   public:
    void on_fd(int, std::uint32_t) override { ++calls; }
    int calls = 0;
  };
  class Late final : public Timer {
   public:
    void on_timer() override { ++calls; }
    int calls = 0;
  };
  World world;
  Pipe pipe;
  Silent handler;
  world.loop.watch(pipe.read_end.get(), EPOLLIN, handler);
  CHECK(run(world.loop, seven()) == 7);  // with no timer the loop would wait for the pipe for ever
  Late timer;
  timer.arm(world.loop, world.at(1h));
  CHECK(run(world.loop, seven()) == 7);
  CHECK(world.clock.elapsed() == 0s);
  CHECK(timer.calls == 0);
  CHECK(handler.calls == 0);
  world.loop.unwatch(pipe.read_end.get());
}

TEST_CASE("a group awaits all it has started") {
  World world;
  Diary diary;
  run(world.loop, group_of_notes(world, diary));
  CHECK(diary == Diary{"started 2", "quick", "slow", "joined 0"});
  CHECK(world.clock.elapsed() == 3s);
}

TEST_CASE("a group awaits what its tasks start") {
  World world;
  Diary diary;
  run(world.loop, group_that_grows(world, diary));
  CHECK(diary == Diary{"child", "grandchild", "joined"});
  CHECK(world.clock.elapsed() == 6s);
}

TEST_CASE("a group that was given nothing is joined at once") {
  World world;
  Diary diary;
  run(world.loop, empty_group(world, diary));
  CHECK(diary == Diary{"joined"});
}

TEST_CASE("joining throws the first exception, after all have ended") {
  World world;
  Diary diary;
  CHECK_THROWS_WITH(run(world.loop, group_with_failures(world, diary)), "first");
  CHECK(diary == Diary{"sibling"});
  CHECK(world.clock.elapsed() == 3s);
}

TEST_CASE("gathered results are in the order of the tasks") {
  World world;
  std::vector<Task<int>> tasks;
  tasks.push_back(after(world, 3s, 1));
  tasks.push_back(after(world, 1s, 2));
  tasks.push_back(seven());
  CHECK(run(world.loop, gather(world.loop, std::move(tasks))) == std::vector<int>{1, 2, 7});
  CHECK(world.clock.elapsed() == 3s);
  CHECK(run(world.loop, gather(world.loop, std::vector<Task<int>>())).empty());
}

TEST_CASE("a failing gather still awaits the others") {
  World world;
  std::vector<Task<int>> tasks;
  tasks.push_back(failing(world, 1s, "broken"));
  tasks.push_back(after(world, 4s, 2));
  CHECK_THROWS_WITH(run(world.loop, gather(world.loop, std::move(tasks))), "broken");
  CHECK(world.clock.elapsed() == 4s);
}

TEST_CASE("100 000 awaits of tasks that end at once don't grow the stack") {
  World world;
  StackRange stack;
  CHECK(run(world.loop, many_awaits(world.loop, stack, kMany, false)) == kSum);
  CHECK(stack.size() < kFewFrames);
}

TEST_CASE("100 000 awaits of tasks that wait don't grow the stack") {
  World world;
  StackRange stack;
  CHECK(run(world.loop, many_awaits(world.loop, stack, kMany, true)) == kSum);
  CHECK(stack.size() < kFewFrames);
}

TEST_CASE("100 000 tasks in a group don't grow the stack") {
  World world;
  StackRange stack;
  run(world.loop, many_started(world.loop, stack, kMany));
  CHECK(stack.size() < kFewFrames);
}
