// Pings on a fake clock: what is asked for, how often, and that nothing of it holds up a run.
#include "cli/ping.h"

#include <deque>
#include <vector>

#include "catch.h"
#include "cli/cron_check.h"
#include "loop/awaiters.h"
#include "loop/fake_clock.h"

using namespace corun;

namespace {

// Answers with the next status; 0: never.
class Switch final : public Executor {
 public:
  Switch(Loop& loop, std::deque<int>& statuses, std::vector<std::string>& asked)
      : loop_(loop), statuses_(statuses), asked_(asked) {}
  Task<ActionResult> execute(const Command& command, CancelScope& scope) override {
    const HttpRequest& request = *std::get<std::unique_ptr<HttpRequest>>(command);
    asked_.push_back(request.method + ' ' + request.url + (request.body ? ' ' + *request.body : ""));
    ids.push_back(request.query.front().first + '=' + request.query.front().second);
    const int status = statuses_.empty() ? 200 : statuses_.front();
    if (!statuses_.empty()) statuses_.pop_front();
    ActionResult result;
    result.outcome.http_status = status;
    if (status == 0) {
      Event never(loop_);
      co_await never.wait(scope);
      result.outcome = failure(FailureKind::cancelled, "cancelled");
    }
    co_return result;
  }
  std::vector<std::string> ids;

 private:
  Loop& loop_;
  std::deque<int>& statuses_;
  std::vector<std::string>& asked_;
};

class Halves final : public Random {
 public:
  double unit() override { return 0.5; }
};

class Warnings final : public Report {
 public:
  void warning(std::string_view message) override { all.emplace_back(message); }
  std::vector<std::string> all;
};

struct World {
  Ping make(const std::string& url) {
    arguments.ping = url;
    return Ping(loop, arguments, graph, random, report, [this]() -> Result<std::unique_ptr<Executor>> {
      if (!has_http) return Error{"libcurl isn't there"};
      auto executor = std::make_unique<Switch>(loop, statuses, asked);
      ids = &executor->ids;
      return std::unique_ptr<Executor>(std::move(executor));
    });
  }
  FakeClock clock;
  Loop loop{clock};
  CancelScope scope;
  Arguments arguments;
  LoadedGraph graph;
  Halves random;
  Warnings report;
  bool has_http = true;
  std::deque<int> statuses;
  std::vector<std::string> asked;
  std::vector<std::string>* ids = nullptr;
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a run that succeeds") {
  World world;
  Ping ping = world.make("https://hc/1?x=2");
  run(world.loop, ping.say_start(world.scope));
  run(world.loop, ping.say_end(0, "nobody wants it", world.scope));
  CHECK(world.asked == Words{"GET https://hc/1/start?x=2", "GET https://hc/1?x=2"});
  CHECK(*world.ids == Words{"rid=88888888-8888-4888-a888-888888888888", "rid=88888888-8888-4888-a888-888888888888"});
  CHECK(world.report.all.empty());
}

TEST_CASE("a run that fails tells why: the end of it, from a whole character on, without secrets") {
  World world;
  world.graph.keeper = std::make_unique<SecretKeeper>();
  REQUIRE(world.graph.keeper->mask().add("topsecret"));
  Ping ping = world.make("https://hc/1/");
  run(world.loop, ping.say_end(1, "why: topsecret", world.scope));
  CHECK(world.asked == Words{"POST https://hc/1/fail why: ***"});
  world.asked.clear();
  run(world.loop, ping.say_end(1, "\xC3\xBC" + std::string(9'999, 'x'), world.scope));
  CHECK(world.asked == Words{"POST https://hc/1/fail " + std::string(9'999, 'x')});
}

TEST_CASE("three tries, then one warning in all") {
  World world;
  world.statuses = {503, 503, 503, 500, 429, 502};
  Ping ping = world.make("https://hc/1");
  run(world.loop, ping.say_start(world.scope));
  CHECK(world.asked.size() == 3);
  CHECK(world.clock.elapsed() == 3s);
  run(world.loop, ping.say_end(0, "", world.scope));
  CHECK(world.asked.size() == 6);
  CHECK(world.report.all == Words{"the ping failed: HTTP 503"});
}

TEST_CASE("what a second try can't mend has none") {
  World world;
  world.statuses = {404};
  Ping ping = world.make("https://hc/1");
  run(world.loop, ping.say_start(world.scope));
  CHECK(world.asked.size() == 1);
  CHECK(world.report.all == Words{"the ping failed: HTTP 404"});
}

TEST_CASE("a switch that doesn't answer gets ten seconds a try") {
  World world;
  world.statuses = {0, 0, 0};
  Ping ping = world.make("https://hc/1");
  run(world.loop, ping.say_end(0, "", world.scope));
  CHECK(world.clock.elapsed() == 33s);
  CHECK(world.report.all == Words{"the ping failed: no answer within 10s"});
}

TEST_CASE("a ping that is cancelled ends without a word") {
  World world;
  world.statuses = {0};
  Ping ping = world.make("https://hc/1");
  world.scope.cancel(CancelReason::terminated);
  run(world.loop, ping.say_end(0, "", world.scope));
  run(world.loop, ping.say_start(world.scope));
  CHECK(world.clock.elapsed() == 0s);
  CHECK(world.report.all.empty());
}

TEST_CASE("without libcurl there is a warning, and that is all") {
  World world;
  world.has_http = false;
  Ping ping = world.make("https://hc/1");
  run(world.loop, ping.say_start(world.scope));
  run(world.loop, ping.say_end(1, "", world.scope));
  CHECK(world.report.all == Words{"the ping failed: libcurl isn't there"});
}

TEST_CASE("words of a script that are commands") {
  CHECK(
      command_words(
          "set -e\nA=1 B=2 tar xf a | gzip && (cd /x; ./run.sh)\nif grep -q x y; then echo z; fi\n# rm all\nexec sudo backup") ==
      Words{"set", "tar", "gzip", "cd", "./run.sh", "grep", "echo", "fi", "backup"});
  CHECK(command_words("").empty());
  CHECK(command_words("  \n;;\n").empty());
}
