// Attempts beside each other: who wins, what becomes of the rest, what it costs. With a fake clock and a scripted executor.
#include "catch.h"
#include "engine/hedged_attempts.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

/// A job that may be done twice, with a hedge after a second.
Job& add_hedged(World& world, std::vector<Step> script, std::uint32_t most = 1) {
  Job& job = world.add("a", std::move(script));
  Policies& policies = world.policies(job);
  policies.retry.idempotent = true;
  policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
  policies.hedge = HedgeSettings{1s, most};
  return job;
}

std::vector<Duration> starts(const World& world) {
  std::vector<Duration> times;
  for (const auto& [job, time] : world.executor.starts) times.push_back(time);
  return times;
}

}  // namespace

TEST_CASE("an attempt that ends in time has nothing beside it, whether it is a success or not") {
  World world;
  add_hedged(world, {{900ms, 1}});
  SECTION("a failure") { CHECK_FALSE(world.run().results[0].outcome.ok()); }
  SECTION("a success") {
    world.executor.scripts["a"] = {{1s, 0}};  // at the moment when another one is due
    CHECK(world.run().results[0].outcome.ok());
  }
  CHECK(world.executor.calls["a"] == 1);
  CHECK(world.result("a").attempts == 1);
  CHECK(world.result("a").decided_by == 0);
}

TEST_CASE("the second attempt wins: the first is ended and awaited, however long that takes") {
  World world;
  add_hedged(world, {{20s, 0}, {500ms, 0}});
  world.executor.stop_takes = 3s;
  world.run();
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.result("a").attempts == 2);
  CHECK(world.result("a").decided_by == 2);
  CHECK(starts(world) == std::vector<Duration>{0s, 1s});
  CHECK(world.ended("a") == 1500ms + 3s);
  CHECK(world.executor.running == 0);
  CHECK(world.report.lines == std::vector<std::string>{"a ready", "a running", "a succeeded"});
}

TEST_CASE("the first attempt wins") {
  World world;
  add_hedged(world, {{1500ms, 0}, {20s, 0}});
  world.run();
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.result("a").attempts == 2);
  CHECK(world.result("a").decided_by == 1);
  CHECK(world.ended("a") == 1500ms);
}

TEST_CASE("a failure decides nothing while another attempt runs") {
  World world;
  add_hedged(world, {{1200ms, 3}, {2s, 0}});
  world.run();
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.result("a").decided_by == 2);
  CHECK(world.ended("a") == 3s);
}

TEST_CASE("all fail: it is the first one's error") {
  World world;
  add_hedged(world, {{4s, 3}, {500ms, 7}});
  world.run();
  CHECK(world.result("a").outcome.exit_code == 3);
  CHECK(world.result("a").decided_by == 1);
  CHECK(world.ended("a") == 4s);
}

TEST_CASE("up to `max` attempts are started beside the first, one after the other") {
  World world;
  add_hedged(world, {{20s, 0}, {20s, 0}, {20s, 0}, {1s, 0}}, 3);
  world.run();
  CHECK(starts(world) == std::vector<Duration>{0s, 1s, 2s, 3s});
  CHECK(world.result("a").decided_by == 4);
  CHECK(world.ended("a") == 4s);
}

TEST_CASE("the attempt's timeout ends each by itself, total_timeout all") {
  World world;
  Job& job = add_hedged(world, {{20s, 0}});
  SECTION("timeout") {
    world.policies(job).timeout = 3s;
    world.run();
    CHECK(world.result("a").outcome.kind == FailureKind::attempt_timeout);
    CHECK(world.ended("a") == 4s);
  }
  SECTION("total_timeout") {
    world.policies(job).total_timeout = 3s;
    world.run();
    CHECK(world.result("a").outcome.kind == FailureKind::total_timeout);
    CHECK(world.ended("a") == 3s);
  }
  CHECK(world.executor.running == 0);
  CHECK(world.executor.calls["a"] == 2);
}

TEST_CASE("an interrupt ends all of them, and nothing is tried again") {
  World world;
  world.policies(add_hedged(world, {{20s, 0}})).retry.attempts = 3;
  world.interrupt_at = 1500ms;
  world.run();
  CHECK(world.result("a").state == JobState::cancelled);
  CHECK(world.result("a").outcome.cancel_reason == CancelReason::interrupted);
  CHECK(world.result("a").decided_by == 0);
  CHECK(world.executor.calls["a"] == 2);
  CHECK(world.executor.running == 0);
}

TEST_CASE("retry is around it: each try has its hedge, and what is beside it is no try") {
  World world;
  world.policies(add_hedged(world, {{4s, 3}, {1s, 4}, {4s, 5}, {1s, 0}})).retry.attempts = 2;
  world.run();
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.result("a").attempts == 4);
  CHECK(world.result("a").decided_by == 4);
  CHECK(starts(world) == std::vector<Duration>{0s, 1s, 4500ms, 5500ms});
}

TEST_CASE("it waits for its turn like any other, and no longer than the first attempt") {
  World world;
  world.settings.process_slots = 2;
  Job& job = add_hedged(world, {{3s, 0}});
  SECTION("there is a limit of one") {
    LimitSettings one;
    one.concurrency = 1;
    world.file.limits.push_back({"one", {}, one});
    world.policies(job).limits = {0};
    world.add("b", {{1s, 0}});
    world.policies(world.file.top.jobs[1]).limits = {0};
    world.run();
    CHECK(world.ended("b") == 4s);  // the place that the second attempt waited for is free
  }
  SECTION("a slot gets free") {
    world.add("b", {{2s, 0}});
    world.run();
    CHECK(starts(world) == std::vector<Duration>{0s, 0s, 2s});
    CHECK(world.executor.most_running == 2);
    return;
  }
  CHECK(world.executor.calls["a"] == 1);
  CHECK(world.result("a").attempts == 1);
  CHECK(world.ended("a") == 3s);
}

TEST_CASE("a rate counts the second attempt, too") {
  World world;
  LimitSettings rate;
  rate.rate_count = 1;
  rate.rate_period = 2s;
  world.file.limits.push_back({"rate", {}, rate});
  world.policies(add_hedged(world, {{5s, 0}})).limits = {0};
  world.run();
  CHECK(starts(world) == std::vector<Duration>{0s, 2s});
}

TEST_CASE("a lost attempt says nothing of what it called; what has failed before does") {
  World world;
  BreakerSettings breaker;
  breaker.consecutive = 1;
  world.file.breakers.push_back({"b", {}, breaker});
  Job& job = add_hedged(world, {{20s, 0}, {1s, 0}});
  world.policies(job).breaker = 0;
  SECTION("the loser is neutral") {
    world.run();
    CHECK(world.report.lines == std::vector<std::string>{"a ready", "a running", "a succeeded"});
  }
  SECTION("a failure counts though the job succeeds") {
    world.executor.scripts["a"] = {{1500ms, 1}, {1s, 0}};
    world.run();
    CHECK(world.result("a").state == JobState::succeeded);
    CHECK(world.report.lines == std::vector<std::string>{"a ready", "a running", "breaker open", "a succeeded"});
  }
}

TEST_CASE("each costs a token of the breaker's budget; there is none without tokens, or while the breaker is half-open") {
  World world;
  BreakerSettings breaker;
  breaker.consecutive = 1;
  breaker.open_for = 1s;
  world.file.breakers.push_back({"b", {}, breaker});
  SECTION("budget") {
    // Ten tokens, five of which may be spent; each success gives a tenth back.
    for (int i = 0; i < 7; ++i) {
      Job& job = world.add("j" + std::to_string(i), {{20s, 0}, {1s, 0}},
                           i == 0 ? std::vector<JobIndex>{} : std::vector<JobIndex>{static_cast<JobIndex>(i - 1)});
      Policies& policies = world.policies(job);
      policies.retry.idempotent = true;
      policies.hedge = HedgeSettings{1s, 1};
      policies.breaker = 0;
    }
    world.run();
    std::vector<std::uint32_t> attempts;
    for (const JobResult& each : world.outcome.results) attempts.push_back(each.attempts);
    CHECK(attempts == std::vector<std::uint32_t>{2, 2, 2, 2, 2, 2, 1});
  }
  SECTION("half-open") {
    Job& first = world.add("first", {{1ms, 1}});
    world.policies(first).breaker = 0;
    Job& pause = world.add("pause", {{2s, 0}});
    pause.needs.push_back(Need{0, EdgeCondition::failed, {}});
    Job& job = add_hedged(world, {{5s, 0}});
    job.needs.push_back(Need{1, EdgeCondition::succeeded, {}});
    world.policies(job).breaker = 0;
    world.run();
    CHECK(world.result("a").state == JobState::succeeded);
    CHECK(world.executor.calls["a"] == 1);
  }
}

TEST_CASE("p95 comes from what is known of the job, else nothing is hedged") {
  World world;
  Job& job = add_hedged(world, {{20s, 0}, {1s, 0}});
  world.policies(job).hedge->after.reset();
  SECTION("nothing is known") {
    world.run();
    CHECK(world.executor.calls["a"] == 1);
  }
  SECTION("something is") {
    world.settings.usual_times["a"] = 2s;
    world.run();
    CHECK(starts(world) == std::vector<Duration>{0s, 2s});
  }
}

TEST_CASE("what may not be done twice isn't, whatever the defaults say") {
  World world;
  Job& job = add_hedged(world, {{5s, 0}});
  world.policies(job).retry.idempotent.reset();
  world.run();
  CHECK(world.executor.calls["a"] == 1);
}

// Its responses come after these times; each is asked whether it may be saved.
class SavingServer final : public Executor {
 public:
  explicit SavingServer(Loop& loop) : loop_(loop) {}
  std::vector<Duration> times;
  std::vector<std::string> parts;
  int saved = 0;
  int refused = 0;

  Task<ActionResult> execute(const Command& command, CancelScope& scope) override {
    const SaveTarget& target = *std::get<std::unique_ptr<HttpRequest>>(command)->save();
    parts.push_back(target.part);
    ActionResult result;
    result.outcome.http_status = 200;
    const bool came = co_await Sleep(loop_, loop_.now() + times[parts.size() - 1], scope);
    if (!came) {
      result.outcome.kind = FailureKind::cancelled;
      result.outcome.cancel_reason = scope.reason();
      co_return result;
    }
    const std::optional<Outcome> unmet = target.judge->judge(result);
    if (unmet) {
      ++refused;
      result.outcome = *unmet;
    } else {
      ++saved;
      result.saved = SavedFile{target.file, 1};
    }
    co_return result;
  }

 private:
  Loop& loop_;
};

TEST_CASE("of two responses that come at the same moment one is saved") {
  World world;
  SavingServer server(world.loop);
  world.http = &server;
  server.times = {3s, 2s};
  Job& job = add_hedged(world, {});
  auto spec = std::make_unique<HttpSpec>();
  spec->url.text = "https://h/";
  spec->options = std::make_unique<HttpOptions>();
  SaveSpec save;
  save.file.text = "out";
  save.if_exists = SaveSpec::IfExists::replace;
  spec->options->save = std::make_shared<const SaveSpec>(save);
  job.action = std::move(spec);
  world.run();
  CHECK(server.parts == std::vector<std::string>{"", "2"});
  CHECK(server.saved == 1);
  CHECK(server.refused == 1);
  CHECK(world.result("a").state == JobState::succeeded);
  CHECK(world.ended("a") == 3s);
}

TEST_CASE("what is held back of an attempt comes out as it went in") {
  FakeClock clock;
  Loop loop(clock);
  LogStore logs("", "test", [](std::string_view) {});
  HeldOutput held(logs);
  const std::string much(200'000, 'x');
  held.append(Stream::standard_output, "one\n");
  held.append(Stream::standard_error, much);
  held.append(Stream::standard_output, "two");
  std::string out;
  std::string err;
  const HeldOutput::Take take = [&](Stream stream, std::string_view bytes) {
    (stream == Stream::standard_output ? out : err) += bytes;
  };
  corun::run(loop, held.give(loop, take));
  CHECK(out == "one\ntwo");
  CHECK(err == much);
}
