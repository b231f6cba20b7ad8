// Breakers in the database: the vectors by two processes in turn, lost probes, clocks, changed settings, trouble.
#include "state/shared_breakers.h"

#include <array>
#include <fstream>
#include <memory>
#include <string_view>

#include "catch.h"
#include "support.h"

using namespace corun;
using namespace corun::test;

namespace {

BreakerSettings by_consecutive(std::uint32_t count) {
  BreakerSettings settings = by_ratio(1, 1000);
  settings.window = 1000;
  settings.consecutive = count;
  return settings;
}

struct Run : Process {
  Run(const std::string& directory, std::int64_t number, const BreakerSettings& settings, const Clock& clock,
      const std::string& scope = "/jobs.yaml")
      : Process(directory, number), breakers(store, owner, scope, {{"api", settings}}, random, clock) {
    breakers.set_listener([this](const BreakerTransition& transition) {
      transitions.push_back(std::string(to_string(transition.from)) + " -> " + to_string(transition.to));
    });
  }

  ScriptedRandom random;
  std::vector<std::string> transitions;
  SharedBreakers breakers;
};

// Two runs of a file that take turns, each seeing what the other has recorded.
class Two {
 public:
  explicit Two(const BreakerSettings& settings)
      : runs_{std::make_unique<Run>(directory.path, 1, settings, clock),
              std::make_unique<Run>(directory.path, 2, settings, clock)} {}

  Run& next() { return *runs_[turn_++ % 2]; }
  Run& run(std::size_t index) { return *runs_.at(index); }
  // Also ends a process: `index` begins anew under another number.
  void restart(std::size_t index, const BreakerSettings& settings) {
    runs_.at(index) = std::make_unique<Run>(directory.path, static_cast<std::int64_t>(10 + turn_), settings, clock);
  }

  Breaker::Decision acquire(Duration now, Duration longest = 1min) {
    clock.set(at(now));
    return next().breakers.try_acquire(0, at(now), longest);
  }
  bool allows(Duration now) {
    clock.set(at(now));
    return next().breakers.peek(0, at(now)).allowed;
  }
  // The run that got the permit records it.
  void record(std::size_t index, const Breaker::Permit& permit, char result, Duration now, Duration took = 0s) {
    clock.set(at(now));
    const CallResult call = result == 'S' ? CallResult::success : result == 'F' ? CallResult::failure : CallResult::neutral;
    run(index).breakers.record(0, permit, at(now), call, took);
    run(index).breakers.finish(at(now));
  }
  void call(std::string_view results, Duration now = 0s, Duration took = 0s) {
    for (const char result : results) {
      const std::size_t index = turn_ % 2;
      const Breaker::Decision decision = acquire(now);
      REQUIRE(decision.allowed);
      record(index, decision.permit, result, now, took);
    }
  }
  BreakerRow row() {
    const SharedTime time(clock);
    return BreakerRows(*run(0).store.database()).load("/jobs.yaml", "api", time).value_or(BreakerRow{});
  }
  BreakerPhase phase() { return row().state.phase; }
  std::size_t failures() {
    std::size_t failures = 0;
    for (const auto& call : row().state.window) failures += static_cast<std::size_t>(call.failed);
    return failures;
  }
  // The index of the run whose turn it is.
  std::size_t turn() const { return turn_ % 2; }

  TemporaryDirectory directory;
  JumpingClock clock;

 private:
  std::size_t turn_ = 0;
  std::array<std::unique_ptr<Run>, 2> runs_;
};

}  // namespace

TEST_CASE("shared, vectors 1 and 2: the ratio counts once min_calls are in, whoever called", "[vector]") {
  const auto phase_after = [](std::string_view calls, double ratio, std::uint32_t least) {
    Two two(by_ratio(ratio, least));
    two.call(calls);
    return two.phase();
  };
  CHECK(phase_after("SSSSSSSSSS", 0.1, 10) == BreakerPhase::closed);
  CHECK(phase_after("FSSSSSSSSS", 0.1, 10) == BreakerPhase::open);
  CHECK(phase_after("FSSSSSSSS", 0.1, 10) == BreakerPhase::closed);
  CHECK(phase_after("FFSSSSSSSSS", 0.1, 11) == BreakerPhase::open);
  CHECK(phase_after("SSSFF", 0.5, 5) == BreakerPhase::closed);
  CHECK(phase_after("SSSFFF", 0.5, 5) == BreakerPhase::open);
  CHECK(phase_after("FFFS", 0.5, 5) == BreakerPhase::closed);
  CHECK(phase_after("FFFSS", 0.5, 5) == BreakerPhase::open);
}

TEST_CASE("shared, vector 3: slow calls open it at 60 %", "[vector]") {
  BreakerSettings settings = by_ratio(1, 5);
  settings.slow_ratio = 0.5;
  settings.slow_after = 4s;
  Two two(settings);
  two.call("SS", 0s, 5s);
  two.call("SS", 0s, 100ms);
  CHECK(two.phase() == BreakerPhase::closed);
  two.call("S", 0s, 5s);
  CHECK(two.phase() == BreakerPhase::open);
}

TEST_CASE("shared, vectors 4 and 8: the places of a trial are places for all", "[vector]") {
  BreakerSettings settings = by_ratio(0.5, 1);
  settings.probes = 4;
  for (const auto& [results, end] : {std::pair{"FFSF", BreakerPhase::open}, std::pair{"FSSS", BreakerPhase::closed}}) {
    Two two(settings);
    two.call("F");
    std::vector<std::pair<std::size_t, Breaker::Permit>> permits;
    for (int i = 0; i < 4; ++i) {
      const std::size_t index = two.turn();
      permits.emplace_back(index, two.acquire(31s).permit);
      CHECK(permits.back().second.probe);
    }
    CHECK_FALSE(two.acquire(31s).allowed);
    CHECK_FALSE(two.allows(31s));
    two.record(permits[0].first, permits[0].second, 'N', 31s);  // excluded: neither closed nor open
    CHECK(two.phase() == BreakerPhase::half_open);
    const std::size_t index = two.turn();
    permits[0] = {index, two.acquire(31s).permit};
    CHECK(permits[0].second.probe);
    for (std::size_t i = 0; i < 4; ++i) two.record(permits[i].first, permits[i].second, results[i], 31s);
    CHECK(two.phase() == end);
    CHECK(two.row().state.window.empty());
  }
}

TEST_CASE("shared, vector 5: open for 5 s, times 1.5 on reopening", "[vector]") {
  BreakerSettings settings = by_ratio(1, 1);
  settings.open_for = 5s;
  settings.open_factor = 1.5;
  Two two(settings);
  two.call("F");
  CHECK_FALSE(two.acquire(3s).allowed);
  two.call("F", 6s);
  CHECK_FALSE(two.acquire(12s).allowed);
  CHECK(two.acquire(17s).allowed);
}

TEST_CASE("shared, vector 6: a window of four calls", "[vector]") {
  BreakerSettings settings = by_ratio(1, 1000);
  settings.min_calls = 4;
  settings.window = 4;
  Two two(settings);
  two.call("SFSSS");
  CHECK(two.row().state.window.size() == 4);
  CHECK(two.failures() == 1);
  two.call("S");
  CHECK(two.failures() == 0);
}

TEST_CASE("shared, vector 7: six consecutive failures of two runs, open for 60 s", "[vector]") {
  BreakerSettings settings = by_consecutive(6);
  settings.open_for = 60s;
  Two two(settings);
  two.call("FFFFFSFFFFF");
  CHECK(two.phase() == BreakerPhase::closed);
  two.call("F");
  CHECK(two.phase() == BreakerPhase::open);
  CHECK_FALSE(two.acquire(60s - 1ms).allowed);
  CHECK(two.phase() == BreakerPhase::open);
  two.call("F", 60s);
  CHECK(two.phase() == BreakerPhase::open);
}

TEST_CASE("shared, vector 9: three successes close it", "[vector]") {
  BreakerSettings settings = by_consecutive(1);
  settings.successes = 3;
  settings.probes = 3;
  Two two(settings);
  two.call("F");
  two.call("SS", 31s);
  CHECK(two.phase() == BreakerPhase::half_open);
  const std::size_t index = two.turn();
  const Breaker::Decision third = two.acquire(31s);
  CHECK(third.allowed);
  CHECK_FALSE(two.acquire(31s).allowed);
  two.record(index, third.permit, 'S', 31s);
  CHECK(two.phase() == BreakerPhase::closed);
}

TEST_CASE("shared, vector 10: results of an older generation are ignored", "[vector]") {
  Two two(by_consecutive(2));
  const Breaker::Decision old = two.run(0).breakers.try_acquire(0, at(0s), 1min);
  two.call("FF");
  const Breaker::Decision probe = two.run(1).breakers.try_acquire(0, at(31s), 1min);
  REQUIRE(probe.permit.probe);
  two.record(0, old.permit, 'F', 31s);
  CHECK(two.phase() == BreakerPhase::half_open);
  two.record(1, probe.permit, 'S', 31s);
  CHECK(two.phase() == BreakerPhase::closed);
  two.record(0, old.permit, 'S', 31s);
  two.record(0, old.permit, 'F', 31s);
  CHECK(two.row().state.window.empty());
}

TEST_CASE("shared, vector 11: retry-after counts down for the other run, too", "[vector]") {
  BreakerSettings settings = by_ratio(0.5, 10);
  settings.open_for = 1s;
  Two two(settings);
  two.call("FFFFFFFFFF");
  CHECK(two.acquire(0s).retry_after == Duration(1s));
  CHECK(two.acquire(500ms).retry_after == Duration(500ms));
  CHECK(two.acquire(500ms).retry_after == Duration(500ms));
  two.call("F", 1s);
  CHECK(two.acquire(1s).retry_after == Duration(1s));
  two.call("S", 2s);
  CHECK(two.phase() == BreakerPhase::closed);
}

TEST_CASE("a look writes nothing, and files don't share names") {
  Two two(by_consecutive(1));
  CHECK(two.allows(0s));
  CHECK(two.acquire(0s).allowed);
  CHECK(two.row().id == 0);
  two.call("F");
  Run other(two.directory.path, 3, by_consecutive(1), two.clock, "/other.yaml");
  CHECK(other.breakers.try_acquire(0, at(0s), 1min).allowed);
  CHECK_FALSE(two.acquire(0s).allowed);
}

TEST_CASE("a later run finds the breaker open, for what is left of the stored time") {
  Two two(by_consecutive(1));
  two.call("F");
  two.restart(0, by_consecutive(1));
  two.clock.set(at(10s));
  CHECK(two.run(0).breakers.peek(0, at(10s)).retry_after == Duration(20s));
  CHECK(two.run(0).transitions.empty());  // it was no event of this run
}

TEST_CASE("a transition is told once, by each run that sees it") {
  Two two(by_consecutive(1));
  CHECK(two.run(1).breakers.try_acquire(0, at(0s), 1min).allowed);
  two.call("F");  // run 0
  CHECK_FALSE(two.run(1).breakers.try_acquire(0, at(1s), 1min).allowed);
  CHECK_FALSE(two.run(1).breakers.try_acquire(0, at(1s), 1min).allowed);
  CHECK(two.run(0).transitions == std::vector<std::string>{"closed -> open"});
  CHECK(two.run(1).transitions == std::vector<std::string>{"closed -> open"});
}

TEST_CASE("successes that are gathered are added to what others have recorded meanwhile") {
  Two two(by_consecutive(100));
  for (int i = 0; i < 5; ++i) {
    for (std::size_t run : {0U, 1U}) {
      SharedBreakers& breakers = two.run(run).breakers;
      const Breaker::Decision decision = breakers.try_acquire(0, at(0s), 1min);
      breakers.record(0, decision.permit, at(0s), CallResult::success, 0s);
    }
  }
  CHECK(two.row().id == 0);  // nobody has written anything yet
  CHECK(two.run(0).breakers.due() == at(50ms));
  two.run(0).breakers.turn_ended(at(50ms));
  CHECK(two.row().state.window.size() == 5);
  CHECK(two.run(0).breakers.due() == TimePoint::max());
  const Breaker::Decision decision = two.run(1).breakers.try_acquire(0, at(50ms), 1min);
  CHECK(two.row().state.window.size() == 10);  // what another run has written was the occasion
  two.record(1, decision.permit, 'F', 50ms);
  CHECK(two.row().state.window.size() == 11);
  CHECK(two.failures() == 1);
}

TEST_CASE("a success that makes the calls enough opens it at once") {
  Two two(by_ratio(0.5, 4));
  two.call("FFF");
  const Breaker::Decision decision = two.run(1).breakers.try_acquire(0, at(0s), 1min);
  two.run(1).breakers.record(0, decision.permit, at(0s), CallResult::success, 0s);
  CHECK(two.phase() == BreakerPhase::open);
  CHECK(two.run(1).transitions == std::vector<std::string>{"closed -> open"});
}

TEST_CASE("a probe whose process is gone is neutral at once; the second one in a row opens it again with k + 1") {
  BreakerSettings settings = by_consecutive(1);
  settings.open_factor = 2;
  Two two(settings);
  two.call("F");
  CHECK(two.run(0).breakers.try_acquire(0, at(31s), 1h).permit.probe);
  CHECK_FALSE(two.run(1).breakers.try_acquire(0, at(31s), 1h).allowed);
  two.run(0).crash();
  CHECK(two.run(1).breakers.peek(0, at(31s)).allowed);
  two.restart(0, settings);
  CHECK(two.run(1).breakers.try_acquire(0, at(31s), 1h).permit.probe);
  two.run(1).crash();
  two.clock.set(at(32s));
  const Breaker::Decision rejected = two.run(0).breakers.try_acquire(0, at(32s), 1h);
  CHECK_FALSE(rejected.allowed);
  CHECK(rejected.retry_after == Duration(60s));
}

TEST_CASE("a probe that lasts too long is lost, and its late result counts for nothing") {
  Two two(by_consecutive(1));
  two.call("F");
  const Breaker::Decision slow = two.run(0).breakers.try_acquire(0, at(31s), 10s);
  two.clock.set(at(41s));
  CHECK_FALSE(two.run(1).breakers.try_acquire(0, at(41s), 10s).allowed);
  two.clock.set(at(42s));
  const Breaker::Decision second = two.run(1).breakers.try_acquire(0, at(42s), 10s);
  CHECK(second.permit.probe);
  two.record(0, slow.permit, 'S', 43s);
  CHECK(two.phase() == BreakerPhase::half_open);
  two.record(1, second.permit, 'S', 43s);
  CHECK(two.phase() == BreakerPhase::closed);
}

TEST_CASE("a lost probe between two that were heard of is no row") {
  BreakerSettings settings = by_consecutive(1);
  Two two(settings);
  two.call("F");
  for (int i = 0; i < 3; ++i) {
    two.restart(0, settings);
    CHECK(two.run(0).breakers.try_acquire(0, at(31s), 1h).permit.probe);
    two.run(0).crash();
    const Breaker::Decision heard = two.run(1).breakers.try_acquire(0, at(31s), 1h);
    REQUIRE(heard.permit.probe);
    two.record(1, heard.permit, 'N', 31s);
  }
  CHECK(two.phase() == BreakerPhase::half_open);
}

TEST_CASE("a calendar that jumps makes the open time neither longer nor negative") {
  Two two(by_consecutive(1));
  two.call("F");
  two.clock.jump(-std::chrono::hours(24 * 365));
  two.clock.set(at(10s));
  CHECK(two.run(1).breakers.peek(0, at(10s)).retry_after == Duration(30s));  // begins anew, once
  CHECK(two.run(1).breakers.peek(0, at(10s)).retry_after == Duration(30s));
  two.restart(0, by_consecutive(1));
  two.clock.set(at(20s));
  CHECK(two.run(0).breakers.peek(0, at(20s)).retry_after == Duration(20s));
  two.clock.jump(std::chrono::hours(24 * 365));
  two.restart(0, by_consecutive(1));
  CHECK(two.run(0).breakers.try_acquire(0, at(20s), 1min).permit.probe);
}

TEST_CASE("a calendar that jumps takes no probe's time away, and gives it none") {
  Two two(by_consecutive(1));
  two.call("F");
  const Breaker::Decision probe = two.run(0).breakers.try_acquire(0, at(31s), 1min);
  REQUIRE(probe.permit.probe);
  two.clock.jump(std::chrono::hours(24 * 365));
  two.clock.set(at(40s));
  CHECK_FALSE(two.run(1).breakers.try_acquire(0, at(40s), 1min).allowed);
  two.record(0, probe.permit, 'N', 41s);
  REQUIRE(two.run(0).breakers.try_acquire(0, at(42s), 1min).permit.probe);
  two.clock.jump(-std::chrono::hours(24 * 365));
  two.clock.set(at(103s));
  CHECK(two.run(1).breakers.try_acquire(0, at(103s), 1min).permit.probe);
}

TEST_CASE("changed settings begin the window anew, but not a running open time") {
  Two two(by_consecutive(3));
  two.call("FF");
  two.restart(0, by_consecutive(2));
  CHECK(two.run(0).breakers.try_acquire(0, at(0s), 1min).allowed);
  CHECK(two.row().state.window.empty());
  CHECK(two.row().state.consecutive_failures == 0);

  Two open(by_consecutive(1));
  open.call("F");
  BreakerSettings shorter = by_consecutive(2);
  shorter.open_for = 1s;
  open.restart(1, shorter);
  open.clock.set(at(10s));
  CHECK(open.run(1).breakers.peek(0, at(10s)).retry_after == Duration(20s));
}

TEST_CASE("runs of an earlier and a later edition of the file don't make each other's calls forgotten") {
  Two two(by_consecutive(4));
  two.call("SS");  // both have seen it
  two.restart(0, by_consecutive(3));
  for (const std::size_t index : {std::size_t{0}, std::size_t{1}, std::size_t{0}}) {
    const Breaker::Decision decision = two.run(index).breakers.try_acquire(0, at(1s), 1min);
    REQUIRE(decision.allowed);
    two.record(index, decision.permit, 'F', 1s);
  }
  CHECK(two.phase() == BreakerPhase::open);
}

TEST_CASE("the result of an earlier trial's probe isn't taken for that of a probe under way") {
  Two two(by_consecutive(1));
  two.call("F");
  const Breaker::Decision earlier = two.run(0).breakers.try_acquire(0, at(31s), 1h);
  REQUIRE(earlier.permit.probe);
  Process by_hand(two.directory.path, 20);
  by_hand.store.database()->write([&] {  // as `corun breaker` does it
    const SharedTime time(two.clock);
    BreakerRows rows(*by_hand.store.database());
    BreakerRow row = two.row();
    ScriptedRandom random;
    Breaker machine(by_consecutive(1), random, row.state);
    machine.reset();
    row.state = machine.state();
    rows.remove_probes(row.id);
    rows.save(row, time);
  });
  const Breaker::Decision call = two.run(1).breakers.try_acquire(0, at(32s), 1h);
  two.record(1, call.permit, 'F', 32s);
  two.clock.set(at(70s));
  const Breaker::Decision later = two.run(0).breakers.try_acquire(0, at(70s), 1h);
  REQUIRE(later.permit.probe);
  two.record(0, earlier.permit, 'F', 71s);
  CHECK_FALSE(two.run(1).breakers.try_acquire(0, at(71s), 1h).allowed);
  two.record(0, later.permit, 'S', 72s);
  CHECK(two.phase() == BreakerPhase::closed);
}

TEST_CASE("a breaker of a graph's file is that file's, whichever file runs it") {
  TemporaryDirectory directory;
  JumpingClock clock;
  Run alone(directory.path, 1, by_consecutive(1), clock, "/inner.yaml");
  Process process(directory.path, 2);
  ScriptedRandom random;
  SharedBreakers::Settings of_graph = {{"api", by_consecutive(1)},
                                       {"api of inner.yaml", by_consecutive(1), "/inner.yaml", "api"}};
  SharedBreakers within(process.store, process.owner, "/outer.yaml", std::move(of_graph), random, clock);
  const Breaker::Decision decision = within.try_acquire(1, at(0s), 1min);
  within.record(1, decision.permit, at(0s), CallResult::failure, 0s);
  CHECK_FALSE(alone.breakers.peek(0, at(1s)).allowed);
  CHECK(within.peek(0, at(1s)).allowed);
  CHECK(within.name(1) == "api of inner.yaml");
}

TEST_CASE("the retry budget is one for all runs, and grows back when nobody has called for long") {
  Two two(by_consecutive(100));
  for (int i = 0; i < 5; ++i) two.next().breakers.record_in_budget(0, at(0s), false);
  CHECK_FALSE(two.run(0).breakers.budget(0).allows_retry());
  two.run(1).breakers.record_in_budget(0, at(0s), true);
  two.run(1).breakers.finish(at(0s));
  CHECK(two.row().tokens == 5100);
  two.restart(0, by_consecutive(100));
  two.run(0).breakers.record_in_budget(0, at(0s), false);
  CHECK(two.run(0).breakers.budget(0).left() == 4100);
  two.clock.set(at(1h + 1s));
  two.restart(0, by_consecutive(100));
  two.run(0).breakers.record_in_budget(0, at(1h + 1s), false);
  CHECK(two.run(0).breakers.budget(0).left() == 9000);
}

TEST_CASE("with a store in trouble breakers go on in memory, and it is said once") {
  TemporaryDirectory directory;
  std::ofstream(directory.path + "/corun.db") << std::string(4096, 'x');
  JumpingClock clock;
  Run run(directory.path, 1, by_consecutive(2), clock);
  for (int i = 0; i < 2; ++i) {
    const Breaker::Decision decision = run.breakers.try_acquire(0, at(0s), 1min);
    REQUIRE(decision.allowed);
    run.breakers.record(0, decision.permit, at(0s), CallResult::failure, 0s);
    run.breakers.record_in_budget(0, at(0s), false);
  }
  CHECK_FALSE(run.breakers.peek(0, at(1s)).allowed);
  CHECK(run.breakers.try_acquire(0, at(31s), 1min).permit.probe);
  CHECK(run.breakers.budget(0).left() == 8000);
  CHECK(run.warnings.size() == 1);
}
