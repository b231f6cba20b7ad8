// The export of spans on a fake clock: it never holds a run up for long, and says once what went wrong.
#include "cli/run_trace.h"

#include <deque>
#include <map>
#include <vector>

#include "catch.h"
#include "loop/awaiters.h"
#include "loop/fake_clock.h"

using namespace corun;

namespace {

// Answers with the next status; 0: never.
class Collector final : public Executor {
 public:
  explicit Collector(Loop& loop) : loop_(loop) {}
  Task<ActionResult> execute(const Command& command, CancelScope& scope) override {
    const HttpRequest& request = *std::get<std::unique_ptr<HttpRequest>>(command);
    asked.push_back(request.url);
    headers = request.headers;
    ActionResult result;
    result.outcome.http_status = statuses.empty() ? 200 : statuses.front();
    if (!statuses.empty()) statuses.pop_front();
    result.outcome.retry_after = retry_after;
    if (result.outcome.http_status == 0) {
      Event never(loop_);
      co_await never.wait(scope);
      result.outcome = failure(FailureKind::cancelled, "cancelled");
    }
    co_return result;
  }

  std::deque<int> statuses;
  std::optional<Duration> retry_after;
  std::vector<std::string> asked;
  std::vector<std::pair<std::string, std::string>> headers;

 private:
  Loop& loop_;
};

class Warnings final : public Report {
 public:
  void warning(std::string_view message) override { all.emplace_back(message); }
  std::vector<std::string> all;
};

struct World {
  void send() {
    const GetVariable variable = [this](const char* name) {
      const auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    };
    RunTrace trace(Arguments(), variable);
    RunTimeline timeline;
    trace.end(timeline);
    run(loop, trace.send_all(loop, collector, scope, report));
  }
  FakeClock clock;
  Loop loop{clock};
  CancelScope scope;
  Warnings report;
  Collector collector{loop};
  std::map<std::string, std::string, std::less<>> variables{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/x/?k=v"}};
};

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("Spans are sent to the path of traces, with the headers that were asked for") {
  World world;
  world.variables["OTEL_EXPORTER_OTLP_HEADERS"] = "a=1%2C2, b = c ,bad,=x,evil=x%0D%0Ay";
  world.send();
  CHECK(world.collector.asked == Words{"http://c/x/v1/traces?k=v"});
  CHECK(world.collector.headers == std::vector<std::pair<std::string, std::string>>{{"a", "1,2"}, {"b", "c"}});
  CHECK(world.report.all.empty());
  world.variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://c/whole";
  world.variables["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = "own=x";
  world.send();
  CHECK(world.collector.asked.back() == "http://c/whole");
  CHECK(world.collector.headers.front().first == "own");
  for (const auto& [name, value] : {std::pair("OTEL_SDK_DISABLED", "true"), std::pair("OTEL_TRACES_EXPORTER", "none")}) {
    World other;
    other.variables[name] = value;
    other.send();
    CHECK(other.collector.asked.empty());
  }
}

TEST_CASE("A collector that doesn't answer costs ten seconds and a warning") {
  World world;
  world.collector.statuses = {0};
  const TimePoint begin = world.loop.now();
  world.send();
  CHECK(world.loop.now() - begin == 10s);
  CHECK(world.report.all == Words{"the trace couldn't be exported: no answer within 10s"});
}

TEST_CASE("A collector that is busy is asked again, as late as it wants, but not beyond ten seconds") {
  World world;
  world.collector.statuses = {429, 503};
  world.send();
  CHECK(world.collector.asked.size() == 3);
  CHECK(world.report.all.empty());
  world.collector.statuses = {503};
  world.collector.retry_after = 1h;
  const TimePoint begin = world.loop.now();
  world.send();
  CHECK(world.loop.now() - begin == 10s);
  CHECK(world.report.all == Words{"the trace couldn't be exported: HTTP 503, and no other answer within 10s"});
}
