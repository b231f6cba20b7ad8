// Conditions, polling, outputs and callbacks.
#include "catch.h"
#include "world.h"

using namespace corun;
using namespace corun::test;

namespace {

JobFlow& flow_of(Job& job) {
  if (!job.flow) job.flow = std::make_unique<JobFlow>();
  return *job.flow;
}

Text text(const std::string& source) { return Text{source, {}}; }

Callback& callback(std::unique_ptr<Callback>& slot, const std::string& program) {
  slot = std::make_unique<Callback>();
  auto run = std::make_unique<RunSpec>();
  run->argv.push_back(text(program));
  slot->action = std::move(run);
  return *slot;
}

}  // namespace

TEST_CASE("`if` that is false skips the job and what needs it, unless it needs it done") {
  World world;
  world.add("a", {{1s, 0}});
  flow_of(world.file.top.jobs[0]).condition = text("1 > 2");
  world.add("b", {{1s, 0}}, {0});
  Job& done = world.add("c", {{1s, 0}});
  done.needs.push_back(Need{0, EdgeCondition::done, {}});
  world.run();
  CHECK(world.result("a").state == JobState::skipped);
  CHECK(world.result("a").outcome.message == "`if` is false");
  CHECK(world.result("b").state == JobState::skipped);
  CHECK(world.result("c").state == JobState::succeeded);
  CHECK(world.executor.calls.count("a") == 0);
}

TEST_CASE("`if` looks at what has been") {
  World world;
  world.add("a", {{1s, 3}});
  world.file.top.jobs[0].continue_on_error = true;
  Job& b = world.add("b", {{1s, 0}}, {0});
  flow_of(b).condition = text(".jobs.a.exit_code == 3 and .jobs.a.state == \"failed\" and .jobs.a.conclusion == \"succeeded\"");
  Job& c = world.add("c", {{1s, 0}}, {0});
  flow_of(c).condition = text(".jobs.a.exit_code + \"x\" == 1");
  world.run();
  CHECK(world.result("b").state == JobState::succeeded);
  CHECK(world.result("c").state == JobState::failed);  // what can't be evaluated is no false
}

TEST_CASE("a long chain of jobs that are skipped at once") {
  World world;
  for (JobIndex i = 0; i < 20'000; ++i) {
    Job& job = i == 0 ? world.add("j0", {}) : world.add("j" + std::to_string(i), {});
    if (i > 0) job.needs.push_back(Need{i - 1, EdgeCondition::done, {}});
    flow_of(job).condition = text(".vars.nothing");
  }
  world.file.vars["nothing"];
  world.vars = Json::map();
  world.vars.set("nothing", Json());
  world.run();
  CHECK(world.result("j19999").state == JobState::skipped);
}

TEST_CASE("polling: again every so often, until it holds") {
  World world;
  Job& job = world.add("a", {{1s, 0}});
  flow_of(job).repeat = RepeatSpec{text(".attempts >= 3"), 10s, 0};
  SECTION("it holds in the end") {
    world.run();
    CHECK(world.result("a").state == JobState::succeeded);
    CHECK(world.result("a").attempts == 3);
    CHECK(world.ended("a") == 3s + 20s);
  }
  SECTION("out of attempts") {
    job.flow->repeat->attempts = 2;
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.result("a").outcome.message == "`.attempts >= 3` didn't hold after 2 attempts");
  }
  SECTION("out of time: no pause is slept that would end after it") {
    world.policies(job).total_timeout = 15s;
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.ended("a") == 12s);
  }
  SECTION("each round has all its attempts") {
    Policies& policies = world.policies(job);
    policies.retry.attempts = 2;
    policies.retry.backoff.jitter = BackoffSettings::Jitter::none;
    job.flow->repeat->until = text(".attempts >= 4");
    world.executor.scripts["a"] = {{1s, 1}, {1s, 0}};  // one failure, then success
    world.executor.scripts["a"] = {{1s, 1}, {1s, 0}, {1s, 1}, {1s, 0}};
    world.run();
    CHECK(world.result("a").state == JobState::succeeded);
    CHECK(world.result("a").attempts == 4);
  }
  SECTION("an interruption between two rounds") {
    world.interrupt_at = 5s;
    world.run();
    CHECK(world.result("a").state == JobState::cancelled);
    CHECK(world.ended("a") == 5s);
  }
}

TEST_CASE("a round sees what the one before it gave") {
  World world;
  Job& job = world.add("a", {{1s, 0}});
  flow_of(job).repeat = RepeatSpec{text(".previous.n == 2"), 0s, 0};
  job.flow->outputs.push_back({"n", OutputRule::Kind::expression, text("(.previous.n // 0) + 1")});
  std::get<std::unique_ptr<RunSpec>>(job.action)->argv[0] = text("${{ .previous }}, ${{ .attempt }}");
  std::vector<std::string> programs;
  world.executor.observe = [&](const std::string&, const std::string& program, int change) {
    if (change > 0) programs.push_back(program);
  };
  const auto is_given = [&](const std::string& condition) {
    flow_of(world.add("b", {{1s, 0}}, {0})).condition = text(condition);
    world.run();
    return world.result("b").state == JobState::succeeded;
  };
  SECTION("at once, until it holds; the last round's outputs are the job's") {
    CHECK(is_given(".jobs.a.outputs.n == 3"));
    CHECK(programs == std::vector<std::string>{"null, 1", R"({"n":1}, 2)", R"({"n":2}, 3)", "scripted"});
    CHECK(world.ended("a") == 3s);
  }
  SECTION("all attempts of a round see the same") {
    world.executor.scripts["a"] = {{1s, 0}, {1s, 1}, {1s, 1}, {1s, 0}, {1s, 1}, {1s, 0}};
    Policies& policies = world.policies(job);
    policies.retry.attempts = 3;
    CHECK(is_given(".jobs.a.outputs.n == 3"));
    CHECK(programs == std::vector<std::string>{"null, 1", R"({"n":1}, 2)", R"({"n":1}, 3)", R"({"n":1}, 4)", R"({"n":2}, 5)",
                                               R"({"n":2}, 6)", "scripted"});
  }
  SECTION("what doesn't come up to `expect` is no round") {
    world.policies(job).expect.json = text(".previous.n != 1 or .attempt > 2");
    world.policies(job).retry.attempts = 2;
    world.policies(job).retry.on.expect = true;
    CHECK(is_given(".jobs.a.outputs.n == 3"));
    CHECK(programs.at(2) == R"({"n":1}, 3)");
    CHECK(programs.at(3) == R"({"n":2}, 4)");
  }
  SECTION("out of attempts: the job gives nothing, its fallback sees the last round") {
    job.flow->repeat->attempts = 2;
    auto fallback = std::make_unique<RunSpec>();
    fallback->argv.push_back(text("instead of ${{ .previous.n }}"));
    job.fallback = std::make_unique<Action>(std::move(fallback));
    callback(job.flow->on_success, "after ${{ .previous.n }}");
    CHECK(is_given(".jobs.a.outputs.n == 3"));  // the fallback's
    CHECK(programs == std::vector<std::string>{"null, 1", R"({"n":1}, 2)", "instead of 2", "after 2", "scripted"});
    CHECK(world.result("a").state == JobState::degraded);
  }
  SECTION("out of attempts and without a fallback") {
    job.flow->repeat->attempts = 2;
    callback(job.flow->on_failure, "after ${{ .previous.n }}");
    flow_of(world.add("c", {{1s, 0}}));
    Job& next = world.file.top.jobs.back();
    next.needs.push_back(Need{0, EdgeCondition::done, {}});
    next.flow->condition = text(".jobs.a.outputs == null");
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(programs == std::vector<std::string>{"null, 1", R"({"n":1}, 2)", "after 2", "scripted"});
  }
  SECTION("out of time between two rounds without a pause") {
    world.policies(job).total_timeout = 2s;
    world.run();
    CHECK(programs == std::vector<std::string>{"null, 1", R"({"n":1}, 2)"});
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.ended("a") == 2s);
  }
  SECTION("more than can be handed on") {
    job.flow->outputs[0].text = text("(.previous.n // \"0123456789abcdef\") | . + .");
    job.flow->repeat->until = text("false");
    std::get<std::unique_ptr<RunSpec>>(job.action)->argv[0] = text("${{ .previous.n | length }}");
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.result("a").outcome.kind == FailureKind::result_too_large);
    CHECK(world.result("a").outcome.message == "the outputs have grown beyond 16 MiB: too much for `.previous`");
    CHECK(programs.back() == "8388608");
  }
}

TEST_CASE("a job that doesn't look at its rounds evaluates its outputs once") {
  World world;
  Job& job = world.add("a", {{1s, 0}});
  flow_of(job).repeat = RepeatSpec{text(".attempts == 3"), 1s, 0};
  // It fails in every other round.
  job.flow->outputs.push_back({"n", OutputRule::Kind::expression, text("if .attempts == 3 then 1 else error end")});
  SECTION("it doesn't") {
    world.run();
    CHECK(world.result("a").state == JobState::succeeded);
  }
  SECTION("a field of that name is none") {
    job.flow->outputs.push_back({"p", OutputRule::Kind::expression, text("{previous: .vars.x.previous}")});
    world.vars = Json::map();
    world.vars.set("x", Json::map());
    world.file.vars["x"];
    world.run();
    CHECK(world.result("a").state == JobState::succeeded);
  }
  SECTION("it does") {
    job.flow->outputs.push_back({"p", OutputRule::Kind::expression, text("reduce range(2) as $i (.previous.p; .)")});
    world.run();
    CHECK(world.result("a").state == JobState::failed);
    CHECK(world.result("a").attempts == 1);
  }
}

TEST_CASE("callbacks come before the job's end, by how it went") {
  World world;
  Job& job = world.add("a", {{1s, 0}});
  callback(flow_of(job).on_success, "ok");
  callback(flow_of(job).on_failure, "bad");
  callback(flow_of(job).finally, "tidy");
  std::vector<std::string> programs;
  world.executor.observe = [&](const std::string&, const std::string& program, int change) {
    if (change > 0) programs.push_back(program);
  };
  SECTION("succeeded") {
    world.run();
    CHECK(programs == std::vector<std::string>{"scripted", "ok", "tidy"});
    CHECK(world.ended("a") == 3s);
  }
  SECTION("failed, and a callback that fails is only a warning") {
    world.executor.scripts["a"] = {{1s, 1}};
    world.run();
    CHECK(programs == std::vector<std::string>{"scripted", "bad", "tidy"});
    CHECK(world.result("a").outcome.message == "exit code 1");
    CHECK(world.report.warnings ==
          std::vector<std::string>{"on_failure of `a` failed: exit code 1", "finally of `a` failed: exit code 1"});
  }
  SECTION("interrupted: only `finally`, shielded, with its own timeout") {
    world.executor.scripts["a"] = {{60s, 0}};
    job.flow->finally->timeout = 7s;
    world.interrupt_at = 2s;
    world.run();
    CHECK(programs == std::vector<std::string>{"scripted", "tidy"});
    CHECK(world.result("a").state == JobState::cancelled);
    CHECK(world.ended("a") == 9s);
    CHECK(world.report.warnings == std::vector<std::string>{"finally of `a` failed: timed out after 7s"});
  }
}

TEST_CASE("null is a fallback's output like any other") {
  World world;
  Job& job = world.add("a", {{1s, 1}});
  flow_of(job).outputs.push_back({"x", OutputRule::Kind::expression, text(".json.id")});
  job.fallback = std::make_unique<Action>(std::make_unique<OutputSpec>());
  Job& next = world.add("b", {{1s, 0}}, {0});
  flow_of(next).condition = text(".jobs.a.outputs == null");
  world.run();
  CHECK(world.result("a").state == JobState::degraded);
  CHECK(world.result("b").state == JobState::succeeded);
}

TEST_CASE("a callback sees the job's verdict, which an attempt's may not be") {
  World world;
  Job& job = world.add("a", {{1s, 0}});
  callback(flow_of(job).on_failure, "${{ .error.kind }}: ${{ .error.message }}, ${{ .attempt }}");
  std::string program;
  world.executor.observe = [&](const std::string&, const std::string& started, int change) {
    if (change > 0) program = started;
  };
  SECTION("repeat is out of attempts") {
    flow_of(job).repeat = RepeatSpec{text("false"), 1s, 2};
    world.run();
    CHECK(program == "expectation: `false` didn't hold after 2 attempts, 2");
  }
  SECTION("its time is over") {
    world.executor.scripts["a"] = {{60s, 0}};
    world.policies(job).total_timeout = 3s;
    world.run();
    CHECK(program == "total_timeout: timed out after total_timeout 3s, 1");
  }
  SECTION("it was never started") {
    world.file.limits.push_back({"l", {}, LimitSettings{}});
    world.file.limits.back().settings.concurrency = 1;
    Policies& other = world.policies(world.add("b", {{60s, 0}}));
    other.limits = {0};
    Policies& policies = world.policies(world.file.top.jobs[0]);
    policies.limits = {0};
    policies.queue_timeout = 2s;
    std::swap(world.file.top.jobs[0], world.file.top.jobs[1]);  // the other one comes first
    world.run();
    CHECK(program == "queue_timeout: not started within queue_timeout 2s, 1");
  }
  SECTION("its fallback failed, too") {
    world.executor.scripts["a"] = {{1s, 3}, {1s, 4}};
    auto run = std::make_unique<RunSpec>();
    run->argv.push_back(text("other"));
    job.fallback = std::make_unique<Action>(std::move(run));
    world.run();
    CHECK(program == "exit_code: exit code 3 (fallback: exit code 4), 1");
  }
}

TEST_CASE("the file's callbacks run when all is over, whatever has ended it") {
  World world;
  world.add("a", {{10s, 0}});
  world.add(world.file.on_success, "on_success/tell", {{1s, 0}});
  world.add(world.file.on_failure, "on_failure/tell", {{1s, 0}});
  world.add(world.file.finally, "finally/tidy", {{1s, 0}});
  SECTION("succeeded") {
    world.run();
    CHECK(world.executor.calls.count("on_failure/tell") == 0);
    CHECK(world.ended("on_success/tell") == 11s);
    CHECK(world.ended("finally/tidy") == 12s);
  }
  SECTION("failed") {
    world.executor.scripts["a"] = {{10s, 1}};
    world.run();
    CHECK(world.executor.calls.count("on_success/tell") == 0);
    CHECK(world.ended("finally/tidy") == 12s);
  }
  SECTION("interrupted") {
    world.interrupt_at = 4s;
    world.run();
    CHECK(world.ended("on_failure/tell") == 5s);
    CHECK(world.ended("finally/tidy") == 6s);
    CHECK(world.outcome.stopped == CancelReason::interrupted);
  }
}

TEST_CASE("a selection says nothing of the file's callbacks") {
  World world;
  world.add("a", {{1s, 0}});
  world.add("b", {{1s, 0}});
  for (int i = 0; i < 70; ++i) world.add(world.file.finally, "finally/t" + std::to_string(i), {{1s, 0}});
  world.settings.excluded = {true, false};
  world.run();
  CHECK(world.executor.calls.count("a") == 0);
  CHECK(world.executor.calls.size() == 71);
}
