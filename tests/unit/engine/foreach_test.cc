// Fan-out over items: how many at once, verdicts, names, outputs; and what nests inside.
#include "catch.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

Value numbers(int count) {
  Value list;
  list.kind = Value::Kind::list;
  for (int i = 0; i < count; ++i) {
    Value& item = list.items.emplace_back();
    item.kind = Value::Kind::number;
    item.text.text = std::to_string(i);
  }
  return list;
}

ForeachSpec& foreach_of(Job& job, Value items) {
  job.flow = std::make_unique<JobFlow>();
  job.flow->foreach = std::make_unique<ForeachSpec>();
  job.flow->foreach->items = std::move(items);
  return *job.flow->foreach;
}

// Items of job `name` get scripts of their own.
void script_items(World& world, const std::string& name, int count, std::vector<Step> script) {
  for (int i = 0; i < count; ++i) world.executor.scripts[name + "[" + std::to_string(i) + "]"] = script;
}

}  // namespace

TEST_CASE("every item runs once, at most max_concurrent at once, named by its number") {
  World world;
  ForeachSpec& spec = foreach_of(world.add("f", {}), numbers(10));
  spec.max_concurrent = 3;
  script_items(world, "f", 10, {{1s, 0}});
  world.run();
  CHECK(world.result("f").state == JobState::succeeded);
  CHECK(world.executor.most_running == 3);
  CHECK(world.executor.starts.size() == 10);
  CHECK(world.executor.calls["f[9]"] == 1);
  CHECK(world.ended("f") == 4s);
  CHECK(world.report.lines.front() == "f ready");
  CHECK(world.report.lines.back() == "f succeeded");
}

TEST_CASE("nothing to do is success; what isn't a list is a failure") {
  World world;
  Job& job = world.add("f", {});
  SECTION("empty") {
    foreach_of(job, numbers(0));
    world.run();
    CHECK(world.result("f").state == JobState::succeeded);
  }
  SECTION("any of nothing") {
    foreach_of(job, numbers(0)).policy = GatherPolicy::any;
    world.run();
    CHECK(world.result("f").state == JobState::failed);
    CHECK(world.result("f").outcome.message == "its policy can't be met with 0 items");
  }
  SECTION("a text") {
    Value text;
    text.kind = Value::Kind::string;
    text.text.text = "\"abc\"";
    foreach_of(job, text);
    world.run();
    CHECK(world.result("f").outcome.message == "foreach: the items must be a list, and are string");
  }
}

TEST_CASE("the gather policy decides over the items") {
  World world;
  ForeachSpec& spec = foreach_of(world.add("f", {}), numbers(4));
  spec.max_concurrent = 2;
  script_items(world, "f", 4, {{10s, 0}});
  world.executor.scripts["f[1]"] = {{1s, 3}};
  SECTION("all: the first failure cancels what runs, and nothing more begins") {
    world.run();
    CHECK(world.result("f").state == JobState::failed);
    CHECK(world.result("f").outcome.message == "1 of 4 items failed: `f[1]`: exit code 3");
    CHECK(world.ended("f") == 1s);
    CHECK(world.executor.calls.size() == 2);
  }
  SECTION("settled: failures are values") {
    spec.policy = GatherPolicy::settled;
    world.run();
    CHECK(world.result("f").state == JobState::succeeded);
    CHECK(world.executor.calls.size() == 4);
  }
  SECTION("all, with failures that are allowed") {
    world.file.top.jobs[0].continue_on_error = true;
    world.run();
    CHECK(world.result("f").state == JobState::failed);
    CHECK(world.result("f").failure_allowed);
    CHECK(world.executor.calls.size() == 4);
  }
  SECTION("all, going on") {
    spec.continue_on_failure = true;
    world.run();
    CHECK(world.result("f").state == JobState::failed);
    CHECK(world.executor.calls.size() == 4);
  }
  SECTION("any: the first success is enough") {
    spec.policy = GatherPolicy::any;
    world.executor.scripts["f[0]"] = {{2s, 0}};
    world.run();
    CHECK(world.result("f").state == JobState::succeeded);
    CHECK(world.ended("f") == 2s);
  }
  SECTION("quorum that can't be reached") {
    spec.policy = GatherPolicy::quorum;
    spec.quorum = 4;
    world.run();
    CHECK(world.result("f").state == JobState::failed);
    CHECK(world.ended("f") == 1s);
  }
}

TEST_CASE("each item is tried again, and timed, by itself") {
  World world;
  Job& job = world.add("f", {});
  foreach_of(job, numbers(2)).max_concurrent = 2;
  Policies& policies = world.policies(job);
  policies.retry.attempts = 2;
  policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
  policies.timeout = 5s;
  world.executor.scripts["f[0]"] = {{1s, 1}, {1s, 0}};
  world.executor.scripts["f[1]"] = {{9s, 0}, {1s, 0}};
  world.run();
  CHECK(world.result("f").state == JobState::succeeded);
  CHECK(world.report.ended.at("f[0]") == 1s + 500ms + 1s);
  CHECK(world.report.ended.at("f[1]") == 5s + 500ms + 1s);
}

TEST_CASE("an interruption ends what runs and awaits it") {
  World world;
  foreach_of(world.add("f", {}), numbers(100)).max_concurrent = 5;
  script_items(world, "f", 100, {{10s, 0}});
  world.executor.stop_takes = 1s;
  world.interrupt_at = 3s;
  world.run();
  CHECK(world.result("f").state == JobState::cancelled);
  CHECK(world.ended("f") == 4s);
  CHECK(world.executor.running == 0);
  CHECK(world.executor.calls.size() == 5);
}

TEST_CASE("a gather inside of a foreach is another one for each item") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  world.add(*gather.group, "g/a", {});
  world.add(*gather.group, "g/b", {});
  foreach_of(world.file.top.jobs[0], numbers(3)).max_concurrent = 2;
  for (const char* name : {"g[0]/a", "g[1]/a", "g[2]/a", "g[0]/b", "g[2]/b"}) world.executor.scripts[name] = {{1s, 0}};
  world.executor.scripts["g[1]/b"] = {{500ms, 1}};
  world.run();
  CHECK(world.result("g").state == JobState::failed);
  CHECK(world.result("g").outcome.message == "1 of 3 items failed: `g[1]`: `g[1]/b`: exit code 1");
}

TEST_CASE("items of the same key have names of their own; long keys end with a whole character") {
  World world;
  ForeachSpec& spec = foreach_of(world.add("f", {}), numbers(3));
  spec.max_concurrent = 1;
  world.executor.default_script = {{1s, 0}};
  world.executor.scripts.erase("f");
  SECTION("the same") {
    spec.key = Text{"if .item == 1 then \"b\" else \"a\" end", {}};
    world.run();
    CHECK(world.executor.calls == std::map<std::string, int>{{"f[a]", 1}, {"f[b]", 1}, {"f[a#2]", 1}});
  }
  SECTION("long") {
    spec.key = Text{"\"x\" + \"é\" * 60 + (.item | tostring)", {}};
    world.run();
    std::string key = "x";
    for (int i = 0; i < 49; ++i) key += "é";
    CHECK(world.executor.calls ==
          std::map<std::string, int>{{"f[" + key + "]", 1}, {"f[" + key + "#2]", 1}, {"f[" + key + "#3]", 1}});
  }
}

TEST_CASE("callbacks are of the whole, not of its items") {
  World world;
  Job& job = world.add("f", {});
  foreach_of(job, numbers(3)).max_concurrent = 1;
  job.flow->finally = std::make_unique<Callback>();
  auto tidy = std::make_unique<RunSpec>();
  tidy->argv.push_back(Text{"tidy", {}});
  job.flow->finally->action = std::move(tidy);
  std::vector<std::string> programs;
  world.executor.observe = [&](const std::string& name, const std::string& program, int change) {
    if (change > 0) programs.push_back(name + " " + program);
  };
  world.executor.scripts.erase("f");
  world.executor.default_script = {{1s, 0}};
  world.run();
  CHECK(programs == std::vector<std::string>{"f[0] scripted", "f[1] scripted", "f[2] scripted", "f tidy"});
}

TEST_CASE("100 000 items need the memory of those that run") {
  World world;
  foreach_of(world.add("f", {}), numbers(100'000)).max_concurrent = 10;
  world.executor.default_script = {{1ms, 0}};
  world.run();
  CHECK(world.result("f").state == JobState::succeeded);
  CHECK(world.executor.most_running == 10);
  CHECK(world.report.most_ids == 11);
}

TEST_CASE("the members of a gather inside of a foreach see the item") {
  World world;
  GatherSpec& gather = world.add_gather("g", GatherPolicy::all);
  Job& member = world.add(*gather.group, "g/a", {});
  member.flow = std::make_unique<JobFlow>();
  member.flow->condition = Text{".item == 1", {}};
  foreach_of(world.file.top.jobs[0], numbers(3));
  world.executor.scripts["g[1]/a"] = {{1s, 0}};
  world.run();
  CHECK(world.result("g").state == JobState::succeeded);
  CHECK(world.executor.calls.size() == 1);
}
