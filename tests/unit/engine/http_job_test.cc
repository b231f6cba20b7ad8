// What a job's requests say of each other: the same key in all attempts, joined URLs, split credentials. Knows no server.
#include <set>

#include "catch.h"
#include "engine/prepare.h"
#include "world.h"

namespace corun::test {
namespace {

/// Answers every request with the same status, and keeps them.
class FixedServer final : public Executor {
 public:
  struct Seen {
    std::string url;
    std::string key;
    bool at_most_once = false;
  };
  int status = 503;
  std::vector<Seen> seen;
  std::set<const HttpJobState*> jobs;

  Task<ActionResult> execute(const Command& command, CancelScope&) override {
    const HttpRequest& request = *std::get<std::unique_ptr<HttpRequest>>(command);
    const bool has_key = request.options && request.options->idempotency_key;
    seen.push_back({request.url, has_key ? *request.options->idempotency_key : "", request.at_most_once});
    jobs.insert(request.job);
    ActionResult result;
    result.outcome.http_status = status;
    co_return result;
  }
};

Action post(const std::string& url, const char* key) {
  auto spec = std::make_unique<HttpSpec>();
  spec->method = "POST";
  spec->url.text = url;
  if (key != nullptr) {
    spec->options = std::make_unique<HttpOptions>();
    spec->options->idempotency_key = std::make_shared<const Text>(Text{key, {}});
  }
  return spec;
}

Job& add_post(World& world, const std::string& name, const char* key) {
  Job& job = world.add(name, {});
  job.action = post("https://h/" + name, key);
  Policies& policies = world.policies(job);
  policies.retry.attempts = 3;
  return job;
}

TEST_CASE("a POST with an idempotency key is retried, with the same key; without one it isn't") {
  World world;
  FixedServer server;
  SystemRandom random(7);
  world.http = &server;
  add_post(world, "made_up", "auto");
  add_post(world, "given", "order-7");
  add_post(world, "none", nullptr);
  world.run();
  std::map<std::string, std::vector<FixedServer::Seen>> by_url;
  for (const FixedServer::Seen& each : server.seen) by_url[each.url].push_back(each);
  const auto& made_up = by_url["https://h/made_up"];
  REQUIRE(made_up.size() == 3);
  CHECK(made_up[0].key.size() == 36);
  CHECK(made_up[1].key == made_up[0].key);
  CHECK(made_up[2].key == made_up[0].key);
  CHECK_FALSE(made_up[0].at_most_once);
  const auto& given = by_url["https://h/given"];
  REQUIRE(given.size() == 3);
  CHECK(given[2].key == "order-7");
  REQUIRE(by_url["https://h/none"].size() == 1);
  CHECK(by_url["https://h/none"][0].at_most_once);
  CHECK(server.jobs.size() == 3);
}

TEST_CASE("a fallback's request is another one, with a key of its own") {
  World world;
  FixedServer server;
  world.http = &server;
  Job& job = add_post(world, "a", "one");
  world.policies(job).retry.attempts = 1;
  job.fallback = std::make_unique<Action>(post("https://h/b", "two"));
  world.run();
  REQUIRE(server.seen.size() == 2);
  CHECK(server.seen[0].key == "one");
  CHECK(server.seen[1].key == "two");
}

TEST_CASE("each round of repeat is another request, with a key of its own") {
  World world;
  FixedServer server;
  server.status = 200;
  world.http = &server;
  Job& job = add_post(world, "a", "round-${{ .attempt }}");
  job.flow = std::make_unique<JobFlow>();
  job.flow->repeat = RepeatSpec{Text{".attempts >= 2", {}}, 1s, 0};
  world.run();
  REQUIRE(server.seen.size() == 2);
  CHECK(server.seen[0].key == "round-1");
  CHECK(server.seen[1].key == "round-2");
}

HttpRequest prepared(const HttpSpec& spec) {
  const Context nothing;
  const Programs programs;
  const ContextEvaluator evaluator(nothing, programs);
  Renderer renderer(evaluator);
  Job job;
  job.policies = std::make_shared<const Policies>();
  HttpRequest request = std::move(*prepare_http(spec, job, renderer));
  CHECK(renderer.errors().empty());
  return request;
}

TEST_CASE("a base URL is put before what has no scheme") {
  const auto joined = [](const std::string& base, const std::string& url) {
    HttpSpec spec;
    spec.url.text = url;
    spec.options = std::make_unique<HttpOptions>();
    spec.options->base_url = std::make_shared<const Text>(Text{base, {}});
    return prepared(spec).url;
  };
  CHECK(joined("https://h", "/x") == "https://h/x");
  CHECK(joined("https://h/v1/", "/x") == "https://h/v1/x");
  CHECK(joined("https://h/v1", "x?u=a://b") == "https://h/v1/x?u=a://b");
  CHECK(joined("https://h/v1", "?a=b") == "https://h/v1?a=b");
  CHECK(joined("https://h", "@evil/x") == "https://h/@evil/x");
  CHECK(joined("https://h", "//evil/x") == "https://h//evil/x");
  CHECK(joined("https://h/v1", "http://other/x") == "http://other/x");
}

TEST_CASE("user and password in one text end at the first colon") {
  const auto credentials = [](const std::string& pair) {
    HttpSpec spec;
    spec.options = std::make_unique<HttpOptions>();
    HttpAuth auth;
    auth.kind = HttpAuth::Kind::basic;
    auth.whole_pair = true;
    auth.user.text = pair;
    spec.options->auth = std::make_shared<const HttpAuth>(auth);
    return prepared(spec).options->auth;
  };
  CHECK(credentials("me:a:b").user == "me");
  CHECK(credentials("me:a:b").password == "a:b");
  CHECK(credentials("me").user == "me");
  CHECK(credentials("me").password.empty());
}

TEST_CASE("what the job expects decides what is saved, but not for its fallback") {
  Job job;
  auto spec = std::make_unique<HttpSpec>();
  spec->options = std::make_unique<HttpOptions>();
  SaveSpec save;
  save.file.text = "out";
  spec->options->save = std::make_shared<const SaveSpec>(save);
  const HttpSpec& own = *spec;
  job.action = std::move(spec);
  auto policies = std::make_shared<Policies>();
  policies->expect.status = {{503, 503}};
  job.policies = std::move(policies);
  HttpSpec other;
  other.options = std::make_unique<HttpOptions>(*own.options);
  const Context nothing;
  const Programs programs;
  const ContextEvaluator evaluator(nothing, programs);
  Renderer renderer(evaluator);
  CHECK(prepare_http(own, job, renderer)->options->save->status.size() == 1);
  CHECK(prepare_http(other, job, renderer)->options->save->status.empty());
  Job instance;
  instance.definition = &job;
  instance.policies = job.policies;
  CHECK(prepare_http(own, instance, renderer)->options->save->status.size() == 1);
}

/// Saves every response as the same file.
class SavingServer final : public Executor {
 public:
  Task<ActionResult> execute(const Command&, CancelScope&) override {
    ActionResult result;
    result.outcome.http_status = 200;
    result.saved = SavedFile{"out.bin", 7};
    co_return result;
  }
};

TEST_CASE("expressions see what was saved") {
  World world;
  SavingServer server;
  world.http = &server;
  Job& download = world.add("download", {});
  download.action = post("https://h/", nullptr);
  download.flow = std::make_unique<JobFlow>();
  download.flow->outputs.push_back({"path", OutputRule::Kind::expression, Text{".file", {}}});
  world.add("run", {{1s, 0}}, {0});
  const auto with_condition = [&](const std::string& name, const std::string& condition) {
    Job& job = world.add(name, {{1s, 0}}, {0, 1});
    job.flow = std::make_unique<JobFlow>();
    job.flow->condition = Text{condition, {}};
  };
  with_condition("result", R"(.jobs.download.file == "out.bin" and .jobs.download.size == 7)");
  with_condition("output", R"(.jobs.download.outputs.path == "out.bin")");
  with_condition("nothing", ".jobs.run.file == null and .jobs.run.size == null");
  world.run();
  for (const char* name : {"result", "output", "nothing"}) CHECK(world.result(name).state == JobState::succeeded);
}

/// Takes two seconds for a file that it saves if the job's judge has nothing against it.
class JudgedServer final : public Executor {
 public:
  explicit JudgedServer(Loop& loop) : loop_(loop) {}
  bool unrequested = false;

  Task<ActionResult> execute(const Command& command, CancelScope& scope) override {
    const HttpRequest& request = *std::get<std::unique_ptr<HttpRequest>>(command);
    ActionResult result;
    result.saved = SavedFile{"out.bin", 7};
    if (unrequested) {
      result.unrequested = true;
      co_return result;
    }
    co_await Sleep(loop_, loop_.now() + 2s, scope);
    result.outcome.http_status = 200;
    result.headers = {{"X-A", "1"}};
    std::optional<Outcome> unmet = request.save()->judge->judge(result);
    if (unmet) {
      result.outcome = *std::move(unmet);
      result.saved.reset();
    }
    co_await Sleep(loop_, loop_.now() + 2s, scope);  // the disk is slow
    co_return result;
  }

 private:
  Loop& loop_;
};

Expect header_of_a(const std::string& value) {
  Expect expect;
  Pattern pattern;
  pattern.name = "X-A";
  pattern.kind = Pattern::Kind::equals;
  pattern.text.text = value;
  expect.headers.push_back(std::move(pattern));
  return expect;
}

Job& add_download(World& world, const std::string& name, Expect expect) {
  Job& job = world.add(name, {});
  auto spec = std::make_unique<HttpSpec>();
  spec->url.text = "https://h/";
  spec->options = std::make_unique<HttpOptions>();
  SaveSpec save;
  save.file.text = "out.bin";
  spec->options->save = std::make_shared<const SaveSpec>(save);
  job.action = std::move(spec);
  world.policies(job).expect = std::move(expect);
  return job;
}

TEST_CASE("a download is judged before its file gets its name") {
  World world;
  JudgedServer server(world.loop);
  world.http = &server;
  Expect slow = header_of_a("1");
  slow.max_time = 3s;
  Expect quick = slow;
  quick.max_time = 1s;
  add_download(world, "right", std::move(slow));
  add_download(world, "wrong", header_of_a("2"));
  add_download(world, "late", std::move(quick));
  world.run();
  CHECK(world.result("right").state == JobState::succeeded);
  CHECK(world.result("wrong").outcome.message == "expected the header `X-A` to be `2`, found `1`");
  CHECK(world.result("late").outcome.message == "took 2.0s, more than max_time 1s");
}

TEST_CASE("nothing is expected of a request that wasn't made") {
  World world;
  JudgedServer server(world.loop);
  server.unrequested = true;
  world.http = &server;
  add_download(world, "skipped", header_of_a("2"));
  world.run();
  CHECK(world.result("skipped").state == JobState::succeeded);
}

}  // namespace
}  // namespace corun::test
