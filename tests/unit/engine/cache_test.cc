// Cached jobs in a world of a fake clock: how long results count, who waits for whom, what is never kept. Knows no database.
#include "catch.h"
#include "state/result_cache.h"
#include "world.h"

namespace corun::test {
namespace {

/// A world with a cache. Every job runs the same program, so those with `cache` have the same key.
struct CacheWorld : World {
  CacheWorld() : store("", [](std::string_view) {}), entries(store, clock) { cache = &entries; }

  Job& add_cached(const std::string& name, std::vector<Step> script, CacheSpec spec = {}, std::vector<Need> needs = {}) {
    Job& job = add(name, std::move(script));
    policies(job).cache = std::make_shared<const CacheSpec>(std::move(spec));
    job.needs = std::move(needs);
    return job;
  }
  Store store;
  ResultCache entries;
};

Need after(JobIndex job) { return Need{job, EdgeCondition::done, {}}; }

CacheSpec with_ttl(Duration ttl) {
  CacheSpec spec;
  spec.ttl = ttl;
  return spec;
}

TEST_CASE("what a job has come to, another with the same command comes to without running") {
  CacheWorld world;
  world.add_cached("a", {{10s, 0}});
  world.add_cached("b", {{10s, 7}}, {}, {after(0)});
  Job& user = world.add("user", {{1s, 0}}, {1});
  user.flow = std::make_unique<JobFlow>();
  user.flow->condition = Text{".jobs.b.exit_code == 0 and .jobs.b.attempts == 1", {}};
  world.run();
  CHECK(world.executor.calls["a"] == 1);
  CHECK(world.executor.calls["b"] == 0);
  CHECK(world.result("a").cache == CacheUse::none);
  CHECK(world.result("b").cache == CacheUse::hit);
  CHECK(world.result("b").state == JobState::succeeded);
  CHECK(world.result("b").attempts == 0);
  CHECK(world.ended("b") == 10s);
  CHECK(world.result("user").state == JobState::succeeded);
}

TEST_CASE("what isn't kept of a result, since nobody looked at it, has it made anew") {
  CacheWorld world;
  world.add_cached("a", {{1s, 0}});
  world.add_cached("b", {{1s, 0}}, {}, {after(0)});
  world.add_cached("c", {{1s, 0}}, {}, {after(1)});
  Job& reader = world.add("reader", {{1s, 0}}, {1, 2});
  reader.flow = std::make_unique<JobFlow>();
  reader.flow->condition = Text{".jobs.b.stdout == \"\" and .jobs.c.stdout == \"\"", {}};
  world.run();
  CHECK(world.executor.calls["b"] == 1);
  CHECK(world.executor.calls["c"] == 0);
  CHECK(world.result("reader").state == JobState::succeeded);
}

TEST_CASE("a success counts as long as its ttl, without one for good") {
  CacheWorld world;
  world.add_cached("a", {{0s, 0}}, with_ttl(1min));
  world.add("wait", {{59s, 0}}, {0});
  world.add_cached("within", {{0s, 0}}, with_ttl(1min), {after(1)});
  world.add("wait_more", {{1s, 0}}, {1});
  world.add_cached("past", {{0s, 0}}, with_ttl(1min), {after(3)});
  world.add("wait_long", {{1000h, 0}}, {4});
  world.add_cached("for_good", {{0s, 0}}, {}, {after(5)});
  world.run();
  CHECK(world.result("within").cache == CacheUse::hit);
  CHECK(world.executor.calls["past"] == 1);
  CHECK(world.result("for_good").cache == CacheUse::hit);
}

TEST_CASE("a success past its time stands in for a failure, but not for ever") {
  CacheWorld world;
  CacheSpec spec = with_ttl(1min);
  spec.stale_if_error = 1min;
  world.add_cached("a", {{0s, 0}}, spec);
  world.add("wait", {{119s, 0}}, {0});
  Job& stale = world.add_cached("stale", {{0s, 3}}, spec, {after(1)});
  world.policies(stale).retry.attempts = 2;
  world.policies(stale).retry.backoff.delay = 0s;
  world.add("wait_more", {{1s, 0}}, {2});
  world.add_cached("late", {{0s, 3}}, spec, {after(3)});
  world.run();
  CHECK(world.executor.calls["stale"] == 2);
  CHECK(world.result("stale").state == JobState::succeeded);
  CHECK(world.result("stale").cache == CacheUse::stale);
  CHECK(world.result("stale").outcome.message == "exit code 3");
  CHECK(world.result("late").state == JobState::failed);
}

TEST_CASE("a failure counts as long as negative_ttl says, else it isn't kept") {
  CacheWorld world;
  CacheSpec spec;
  spec.negative_ttl = 1min;
  world.add_cached("a", {{0s, 3}}, spec);
  world.add_cached("without", {{0s, 3}}, {}, {after(0)});
  world.add("wait", {{59s, 0}});
  world.file.top.jobs.back().needs = {after(1)};
  Job& within = world.add_cached("within", {{0s, 0}}, spec, {after(2)});
  within.fallback = std::make_unique<Action>(SleepSpec{1s});
  world.add("wait_more", {{1s, 0}});
  world.file.top.jobs.back().needs = {after(3)};
  world.add_cached("past", {{0s, 0}}, spec, {after(4)});
  world.run();
  CHECK(world.executor.calls["without"] == 1);
  CHECK(world.executor.calls["within"] == 0);
  CHECK(world.result("within").state == JobState::degraded);
  CHECK(world.result("within").cache == CacheUse::hit);
  CHECK(world.executor.calls["past"] == 1);
  CHECK(world.result("past").state == JobState::succeeded);
}

TEST_CASE("jobs that do the same at once do it once") {
  CacheWorld world;
  world.add_cached("a", {{10s, 0}});
  for (const char* name : {"b", "c", "d"}) world.add_cached(name, {{10s, 0}});
  world.run();
  CHECK(world.executor.starts.size() == 1);
  for (const char* name : {"b", "c", "d"}) {
    CHECK(world.result(name).cache == CacheUse::hit);
    CHECK(world.ended(name) == 10s);
  }
}

TEST_CASE("what counts for no time counts for those that have waited for it, and for nobody later") {
  CacheWorld world;
  world.add_cached("a", {{10s, 0}}, with_ttl(0s));
  for (const char* name : {"b", "c"}) world.add_cached(name, {{10s, 0}}, with_ttl(0s));
  world.add_cached("later", {{10s, 0}}, with_ttl(0s), {after(2)});
  world.run();
  CHECK(world.executor.starts.size() == 2);
  for (const char* name : {"b", "c"}) {
    CHECK(world.result(name).cache == CacheUse::hit);
    CHECK(world.ended(name) == 10s);
  }
  CHECK(world.executor.calls["later"] == 1);
}

TEST_CASE("what stands in for a failure does so for those that wait, too, if they want that") {
  CacheWorld world;
  const auto spec = [] {
    CacheSpec with = with_ttl(1min);
    with.stale_if_error = 1h;
    return std::make_shared<const CacheSpec>(with);
  }();
  world.policies(world.add("a", {{0s, 0}})).cache = spec;
  world.add("wait", {{2min, 0}}, {0});
  for (const char* name : {"b", "c"}) world.policies(world.add(name, {{10s, 3}}, {1})).cache = spec;
  world.add_cached("without", {{10s, 0}}, with_ttl(1min), {after(1)});
  world.run();
  CHECK(world.executor.calls["b"] == 1);
  CHECK(world.executor.calls["c"] == 0);
  for (const char* name : {"b", "c"}) {
    CHECK(world.result(name).cache == CacheUse::stale);
    CHECK(world.result(name).outcome.message == "exit code 3");
  }
  CHECK(world.executor.calls["without"] == 1);
}

TEST_CASE("what was stored by a clock ahead of time counts no longer than its ttl") {
  CacheWorld earlier;
  earlier.clock.advance(2h);
  earlier.add_cached("a", {{0s, 0}});
  earlier.run();
  for (const Duration ttl : {Duration(1h), Duration(3h)}) {
    World later;
    later.cache = &earlier.entries;
    later.policies(later.add("b", {{0s, 0}})).cache = std::make_shared<const CacheSpec>(with_ttl(ttl));
    later.run();
    CHECK(later.executor.calls["b"] == (ttl < 2h ? 1 : 0));
  }
}

TEST_CASE("what a job that others wait for fails with is theirs, without another try") {
  CacheWorld world;
  world.add_cached("a", {{10s, 3}});
  world.add_cached("b", {{10s, 0}});
  world.run();
  CHECK(world.executor.calls["b"] == 0);
  CHECK(world.result("b").state == JobState::failed);
  CHECK(world.result("b").outcome.exit_code == 3);
}

TEST_CASE("where the one that others wait for doesn't get to an end, the next takes over") {
  CacheWorld world;
  world.policies(world.add_cached("a", {{10s, 0}})).total_timeout = 4s;
  for (const char* name : {"b", "c"}) world.add_cached(name, {{10s, 0}});
  world.run();
  CHECK(world.result("a").outcome.kind == FailureKind::total_timeout);
  CHECK(world.executor.calls["b"] + world.executor.calls["c"] == 1);
  for (const char* name : {"b", "c"}) {
    CHECK(world.result(name).state == JobState::succeeded);
    CHECK(world.ended(name) == 14s);
  }
}

TEST_CASE("a cancelled one fails nobody who waits for it") {
  CacheWorld world;
  GatherSpec& group = world.add_gather("group", GatherPolicy::all);
  world.add(*group.group, "group/x", {{3s, 1}});
  Job& leader = world.add(*group.group, "group/leader", {{10s, 0}});
  world.policies(leader).cache = std::make_shared<const CacheSpec>();
  world.add("wait", {{1s, 0}});
  world.add_cached("b", {{10s, 0}}, {}, {after(1)});
  world.run();
  CHECK(world.result("group/leader").state == JobState::cancelled);
  CHECK(world.result("b").state == JobState::succeeded);
  CHECK(world.ended("b") == 13s);
}

TEST_CASE("one that waits for another stops at its own deadline") {
  CacheWorld world;
  world.add_cached("a", {{10s, 0}});
  world.policies(world.add_cached("b", {{10s, 0}})).total_timeout = 2s;
  world.run();
  CHECK(world.result("b").outcome.kind == FailureKind::total_timeout);
  CHECK(world.ended("b") == 2s);
  CHECK(world.result("a").state == JobState::succeeded);
}

TEST_CASE("what stands in for a result isn't kept as one") {
  CacheWorld world;
  Job& degraded = world.add_cached("a", {{1s, 3}});
  degraded.fallback = std::make_unique<Action>(SleepSpec{1s});
  world.add_cached("b", {{1s, 0}}, {}, {after(0)});
  world.run();
  CHECK(world.result("a").state == JobState::degraded);
  CHECK(world.executor.calls["b"] == 1);
}

TEST_CASE("a hit needs no place in a limit") {
  CacheWorld world;
  LimitSettings one;
  one.concurrency = 1;
  world.file.limits.push_back({"one", {}, one});
  world.add_cached("a", {{1s, 0}});
  Job& busy = world.add("busy", {{100s, 0}});
  world.policies(busy).limits = {0};
  Job& hit = world.add_cached("hit", {{1s, 0}}, {}, {after(0)});
  world.policies(hit).limits = {0};
  world.run();
  CHECK(world.ended("hit") == 1s);
}

TEST_CASE("a key of its own tells jobs apart by name, and counts instead of the command") {
  CacheWorld world;
  CacheSpec spec;
  spec.key = Text{"${{ .vars.version }}", {}};
  world.vars = Json::map();
  world.vars.set("version", Json::string("v1"));
  world.add_cached("a", {{1s, 0}}, spec);
  world.add_cached("b", {{1s, 0}}, spec, {after(0)});
  world.run();
  CHECK(world.executor.calls["b"] == 1);
}

TEST_CASE("without the entries of earlier runs only those of this one count") {
  for (const bool use_cache : {true, false}) {
    CacheWorld earlier;
    earlier.add_cached("a", {{1s, 0}});
    earlier.run();
    World later;
    later.cache = &earlier.entries;
    later.clock.advance(1h);
    later.settings.use_cache = use_cache;
    later.policies(later.add("a", {{1s, 0}})).cache = std::make_shared<const CacheSpec>();
    earlier.clock.advance(2h);
    later.policies(later.add("b", {{1s, 0}}, {0})).cache = std::make_shared<const CacheSpec>();
    later.run();
    CHECK(later.executor.calls["a"] == (use_cache ? 0 : 1));
    CHECK(later.executor.calls["b"] == 0);
  }
}

TEST_CASE("inputs that name no file fail the job") {
  CacheWorld world;
  CacheSpec spec;
  spec.inputs = {Text{"no-such-file-*", {}}};
  world.add_cached("a", {{1s, 0}}, spec);
  world.run();
  CHECK(world.executor.calls["a"] == 0);
  CHECK(world.result("a").state == JobState::failed);
  CHECK(world.result("a").outcome.message == "`cache`, `inputs`: no file matches `no-such-file-*`");
}

TEST_CASE("a key that can't be evaluated fails the job") {
  CacheWorld world;
  CacheSpec spec;
  spec.key = Text{"${{ .run.id | error }}", {}};
  world.add_cached("a", {{1s, 0}}, spec);
  world.run();
  CHECK(world.executor.calls["a"] == 0);
  CHECK(world.result("a").outcome.kind == FailureKind::invalid_request);
}

TEST_CASE("what outputs say and look at is part of the key, what they don't look at isn't") {
  CacheWorld world;
  world.vars = Json::map();
  for (const char* name : {"one", "two"}) world.vars.set(name, Json::string(name));
  const auto add = [&](const std::string& name, const std::string& output, std::vector<Need> needs) {
    Job& job = world.add_cached(name, {{1s, 0}}, {}, std::move(needs));
    job.flow = std::make_unique<JobFlow>();
    job.flow->outputs.push_back({"x", OutputRule::Kind::expression, Text{output, {}}});
  };
  add("a", ".vars.one", {});
  add("same", ".vars.one", {after(0)});
  add("other", ".vars.two", {after(1)});
  Job& source = world.add("source", {{1s, 0}}, {2});
  source.flow = std::make_unique<JobFlow>();
  source.flow->outputs.push_back({"v", OutputRule::Kind::expression, Text{".vars.one", {}}});
  // The time that `source` has taken is looked at by nobody.
  add("of_job", ".jobs.source.outputs.v", {after(3)});
  Job& again = world.add("again", {{2s, 0}}, {4});
  again.flow = std::make_unique<JobFlow>();
  again.flow->outputs.push_back({"v", OutputRule::Kind::expression, Text{".vars.two", {}}});
  add("of_same_job", ".jobs.source.outputs.v", {after(3), after(5)});
  add("of_other_job", ".jobs.again.outputs.v", {after(5)});
  world.run();
  CHECK(world.result("same").cache == CacheUse::hit);
  CHECK(world.executor.calls["other"] == 1);
  CHECK(world.executor.calls["of_job"] == 1);
  CHECK(world.result("of_same_job").cache == CacheUse::hit);
  CHECK(world.executor.calls["of_other_job"] == 1);
}

TEST_CASE("items are cached each for itself") {
  CacheWorld world;
  world.executor.default_script = {{1s, 0}};
  Job& each = world.add_cached("each", {});
  std::get<std::unique_ptr<RunSpec>>(each.action)->argv.push_back(Text{"${{ .item }}", {}});
  each.flow = std::make_unique<JobFlow>();
  each.flow->foreach = std::make_unique<ForeachSpec>();
  Value& items = each.flow->foreach->items;
  items.kind = Value::Kind::list;
  for (const char* item : {"x", "y", "x", "x"}) {
    Value value;
    value.kind = Value::Kind::string;
    value.text.text = item;
    items.items.push_back(value);
  }
  world.run();
  CHECK(world.executor.starts.size() == 2);
  CHECK(world.result("each").state == JobState::succeeded);
}

/// Answers with an ETag, and with 304 whoever has it already.
class TaggingServer final : public Executor {
 public:
  int whole = 0;
  int unmodified = 0;
  std::string cache_control;

  Task<ActionResult> execute(const Command& command, CancelScope&) override {
    const HttpRequest& request = *std::get<std::unique_ptr<HttpRequest>>(command);
    ActionResult result;
    result.outcome.http_status = 200;
    for (const auto& [name, value] : request.headers) {
      if (name == "If-None-Match" && value == "\"one\"") result.outcome.http_status = 304;
    }
    if (result.outcome.http_status == 304) {
      ++unmodified;
      co_return result;
    }
    ++whole;
    result.body = "hello";
    result.headers = {{"ETag", "\"one\""}};
    if (!cache_control.empty()) result.headers.emplace_back("Cache-Control", cache_control);
    co_return result;
  }
};

Job& add_request(CacheWorld& world, const std::string& name, std::vector<Need> needs) {
  Job& job = world.add_cached(name, {}, with_ttl(1min), std::move(needs));
  auto spec = std::make_unique<HttpSpec>();
  spec->url.text = "https://h/";
  job.action = std::move(spec);
  return job;
}

// Somebody looks at the body of `job`, the one at `index`.
void add_reader(World& world, const std::string& job, JobIndex index) {
  Job& reader = world.add("reads_" + job, {{0s, 0}}, {index});
  reader.flow = std::make_unique<JobFlow>();
  reader.flow->condition = Text{".jobs." + job + ".body == \"hello\" and .jobs." + job + ".status == 200", {}};
}

TEST_CASE("a response past its time is asked about by its ETag, and counts again") {
  CacheWorld world;
  TaggingServer server;
  world.http = &server;
  add_request(world, "a", {});
  world.add("wait", {{2min, 0}}, {0});
  add_request(world, "renewed", {after(1)});
  world.add("wait_more", {{59s, 0}});
  world.file.top.jobs.back().needs = {after(2)};
  add_request(world, "hit", {after(3)});
  add_reader(world, "a", 0);
  add_reader(world, "renewed", 2);
  add_reader(world, "hit", 4);
  world.run();
  CHECK(server.whole == 1);
  CHECK(server.unmodified == 1);
  CHECK(world.result("renewed").cache == CacheUse::renewed);
  CHECK(world.result("renewed").state == JobState::succeeded);
  CHECK(world.result("hit").cache == CacheUse::hit);
  for (const char* name : {"reads_a", "reads_renewed", "reads_hit"}) CHECK(world.result(name).state == JobState::succeeded);
}

TEST_CASE("of what a server says of caches only no-store counts") {
  for (const auto& [directives, requests] :
       std::vector<std::pair<std::string, int>>{{"no-cache, max-age=0", 1}, {"private, No-Store", 2}, {"x-no-store", 1}}) {
    CacheWorld world;
    TaggingServer server;
    server.cache_control = directives;
    world.http = &server;
    add_request(world, "a", {});
    add_request(world, "b", {after(0)});
    world.run();
    CHECK(server.whole == requests);
  }
}

}  // namespace
}  // namespace corun::test
