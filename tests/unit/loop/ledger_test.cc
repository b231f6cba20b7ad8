// The ledger: every form in which a coroutine may await, walked with objects that count how many of them live.
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

// Counts its live copies, and notices being used or destroyed after its end.
class Counted {
 public:
  explicit Counted(int value) : value_(value) { ++live; }
  Counted(const Counted& other) : value_(other.value_) {
    other.check();
    ++live;
  }
  Counted(Counted&& other) noexcept : value_(other.value_) {
    other.check();
    ++live;
  }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) noexcept = default;
  ~Counted() {
    check();
    alive_ = false;
    --live;
  }

  int value() const {
    check();
    return value_;
  }

  static int live;
  static int misused;

 private:
  void check() const {
    if (!alive_) ++misused;
  }

  int value_;
  volatile bool alive_ = true;
};

int Counted::live = 0;
int Counted::misused = 0;

using Objects = std::vector<Counted>;
using ObjectAndName = std::pair<Counted, std::string>;

Task<Counted> make(World& world, Counted object, bool waiting) {
  if (waiting) co_await NextTurn(world.loop);
  co_return Counted(object.value() + 1);
}

Task<Counted> pass_on(World& world, Counted object, bool waiting) { co_return co_await make(world, std::move(object), waiting); }

Task<ObjectAndName> make_pair_of(World& world, const Counted& object, bool waiting) {
  Counted made = co_await make(world, object, waiting);
  co_return ObjectAndName(made, "a name too long for the small-string buffer of any library");
}

Task<std::unique_ptr<Counted>> make_pointer(World& world, bool waiting) {
  Counted made = co_await make(world, Counted(10), waiting);
  co_return std::make_unique<Counted>(made);
}

Task<std::optional<Counted>> make_optional(World& world, bool waiting) {
  Counted made = co_await make(world, Counted(20), waiting);
  std::optional<Counted> result(made);
  co_return result;
}

Task<void> fail(World& world, Counted object, bool waiting) {
  Counted made = co_await make(world, object, waiting);
  throw std::runtime_error(std::to_string(made.value()));
}

Task<int> walk(World& world, Objects objects, bool waiting) {
  int sum = 0;
  for (const Counted& each : objects) {
    Counted made = co_await make(world, each, waiting);
    sum += made.value();
  }
  for (int i = 0; i < 3; ++i) {
    Counted made = co_await pass_on(world, Counted(i), waiting);
    if (made.value() == 2) continue;
    sum += made.value();
  }
  {
    ObjectAndName pair = co_await make_pair_of(world, objects.front(), waiting);
    sum += pair.first.value() + static_cast<int>(pair.second.size() > 20);
  }
  std::unique_ptr<Counted> pointer = co_await make_pointer(world, waiting);
  sum += pointer->value();
  std::optional<Counted> optional = co_await make_optional(world, waiting);
  sum += optional->value();
  optional = co_await make_optional(world, waiting);
  sum += optional->value();
  try {
    co_await fail(world, Counted(30), waiting);
  } catch (const std::runtime_error& error) {
    sum += std::stoi(error.what());
  }
  const Counted& extended = co_await make(world, Counted(40), waiting);
  sum += extended.value();
  co_await make(world, Counted(50), waiting);
  const TimePoint wake = world.loop.now() + (waiting ? 1s : 0s);
  bool waited = co_await Sleep(world.loop, wake, world.scope);
  while (waited) {
    sum += 1;
    waited = false;
  }
  std::vector<Task<Counted>> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(make(world, Counted(i), waiting && i % 2 == 0));
  Objects gathered = co_await gather(world.loop, std::move(tasks));
  for (const Counted& each : gathered) sum += each.value();
  co_return sum;
}

Objects three_objects() {
  Objects objects;
  for (int i = 1; i <= 3; ++i) objects.emplace_back(i);
  return objects;
}

// (2 + 3 + 4) + (1 + 3) + (2 + 1) + 11 + 21 + 21 + 31 + 41 + 1 + (1 + 2 + 3 + 4)
constexpr int kSum = 9 + 4 + 3 + 11 + 21 + 21 + 31 + 41 + 1 + 10;

Task<void> keep_until(Event& event, CancelScope& scope, Counted object, Diary& diary) {
  co_await event.wait(scope);
  diary.push_back(std::to_string(object.value()));
}

Task<void> free_as_they_end(World& world, std::vector<int>& live) {
  Event first(world.loop);
  Event second(world.loop);
  Diary diary;
  TaskGroup group(world.loop);
  group.start(keep_until(first, world.scope, Counted(1), diary));
  group.start(keep_until(second, world.scope, Counted(2), diary));
  co_await NextTurn(world.loop);
  live.push_back(Counted::live);
  first.set();
  co_await NextTurn(world.loop);
  co_await NextTurn(world.loop);
  live.push_back(Counted::live);
  second.set();
  co_await group.join();
  live.push_back(Counted::live);
}

Task<void> wait_for_ever(Event& event, CancelScope& scope, Counted object) {
  Counted local(object.value());
  co_await event.wait(scope);
}

Task<void> wait_for_ever_below(Event& event, CancelScope& scope, Counted object) {
  Counted local(object.value());
  co_await wait_for_ever(event, scope, local);
}

}  // namespace

TEST_CASE("ledger: every object is destroyed exactly once, whether or not anything waits") {
  for (const bool waiting : {false, true}) {
    Counted::live = Counted::misused = 0;
    World world;
    CHECK(run(world.loop, walk(world, three_objects(), waiting)) == kSum);
    CHECK(Counted::live == 0);
    CHECK(Counted::misused == 0);
  }
}

TEST_CASE("ledger: an exception that leaves the loop destroys all frames") {
  for (const bool waiting : {false, true}) {
    Counted::live = Counted::misused = 0;
    World world;
    CHECK_THROWS_WITH(run(world.loop, fail(world, Counted(1), waiting)), "2");
    CHECK(Counted::live == 0);
    CHECK(Counted::misused == 0);
  }
}

TEST_CASE("ledger: a task that never ran frees what it was given") {
  Counted::live = Counted::misused = 0;
  World world;
  {
    const Task<Counted> unused = make(world, Counted(1), true);
    CHECK(Counted::live == 1);
  }
  CHECK(Counted::live == 0);
  CHECK(Counted::misused == 0);
}

TEST_CASE("ledger: a group frees each frame when its task ends") {
  Counted::live = Counted::misused = 0;
  World world;
  std::vector<int> live;
  run(world.loop, free_as_they_end(world, live));
  CHECK(live == std::vector<int>{2, 1, 0});
  CHECK(Counted::misused == 0);
}

TEST_CASE("ledger: tasks given up because nothing can happen free their frames") {
  Counted::live = Counted::misused = 0;
  World world;
  Event never(world.loop);
  CHECK_THROWS_AS(run(world.loop, wait_for_ever_below(never, world.scope, Counted(1))), std::logic_error);
  CHECK(Counted::live == 0);
  CHECK(Counted::misused == 0);
}
