// What the live view says, and when it says something else.
#include "report/live_view.h"

#include "catch.h"
#include "report/estimate.h"
#include "run_world.h"

using namespace corun;

namespace {

// A report that follows what runs.
class Follower final : public Report {
 public:
  void run_start(const RunStart& start) override {
    jobs.run_start(start);
    estimate.run_start(start, earlier);
  }
  void job_state(const JobStateChange& change) override {
    jobs.job_state(change);
    estimate.job_state(change);
  }
  void attempt_start(const AttemptStart& attempt) override { jobs.attempt_start(attempt); }
  void attempt_end(const AttemptEnd& attempt) override { jobs.attempt_end(attempt); }
  void retry_wait(const RetryWait& wait) override { jobs.retry_wait(wait); }
  void breaker(const BreakerChange& change) override { jobs.breaker(change); }

  RunningJobs jobs;
  Estimate estimate;
  EarlierTimes earlier;
};

struct View {
  explicit View(const std::vector<std::string>& names) : world(follower, names) { progress.total = names.size(); }

  std::vector<std::string> rows(double at, RowSpace space = {}) {
    std::vector<std::string> lines;
    for (const Row& row : live_rows(follower.jobs, progress, RunWorld::time(at), space)) {
      std::string& line = lines.emplace_back();
      for (const Span& span : row) line += span.text;
    }
    return lines;
  }
  void wait_for_retry(const std::string& name, std::uint32_t attempt, double at, Duration delay) {
    Outcome outcome;
    outcome.kind = FailureKind::exit_code;
    outcome.message = "exit code 1";
    follower.retry_wait(RetryWait{world.job(name), attempt, 5, delay, outcome, RunWorld::time(at)});
  }
  double changes_after(double at) {
    const TimePoint next = next_change(follower.jobs, progress, RunWorld::time(at));
    return std::chrono::duration<double>(next - TimePoint{}).count();
  }

  Follower follower;
  RunWorld world;
  RunProgress progress;
};

}  // namespace

TEST_CASE("rows of what runs, in columns, the longest running first, and how far the run is") {
  View view({"fetch", "build", "deploy"});
  view.world.set_attempts("deploy", 5);
  view.world.begin();
  view.world.start("fetch", 0);
  view.world.start("deploy", 1);
  view.wait_for_retry("deploy", 1, 2, 5s);
  view.progress.ended = 1;
  view.progress.left = 70s;
  CHECK(view.rows(3.85) == std::vector<std::string>{
                               "      running      3s fetch",
                               "      retrying     2s deploy: retry in 3.2s (attempt 2 of 5), exit code 1",
                               "[1/3] 1 running 1 retrying 0 failed 00:03 ETA 01:10",
                           });
  view.world.start("deploy", 7, 2);
  view.progress.failed = 2;
  view.progress.left.reset();
  CHECK(view.rows(187) == std::vector<std::string>{
                              "      running   3m07s fetch",
                              "      running   3m06s deploy (attempt 2 of 5)",
                              "[1/3] 2 running 0 retrying 2 failed 03:07",
                          });
}

TEST_CASE("no more than 8 rows of jobs, fewer where there is no room") {
  std::vector<std::string> names;
  for (int i = 10; i < 22; ++i) names.push_back("job" + std::to_string(i));
  View view(names);
  view.world.begin();
  for (const std::string& name : names) view.world.start(name, 0);
  const std::vector<std::string> rows = view.rows(1);
  REQUIRE(rows.size() == 9);
  CHECK(rows[0] == "        running      1s job10");
  CHECK(rows[7] == "        … and 5 more run");
  CHECK(view.rows(1, {80, 3}) == std::vector<std::string>{"        running      1s job10", "        … and 11 more run",
                                                          "[ 0/12] 12 running 0 retrying 0 failed 00:01"});
  CHECK(view.rows(1, {45, 2}) == std::vector<std::string>{"1s job10", "[ 0/12] 12 running 0 retrying 0 failed 00:01"});
  CHECK(view.rows(1, {20, 3}).front() == "1s job10");
  CHECK(view.rows(1, {80, 1}).size() == 1);
  CHECK(view.rows(1, {80, 0}).empty());
}

TEST_CASE("a narrow terminal gets less of the status, not half of it; a long name leaves room for what is said of the job") {
  View view({"fetch-all-the-pages-of-the-catalogue", "b"});
  view.world.set_attempts("fetch-all-the-pages-of-the-catalogue", 5);
  view.world.begin();
  view.world.start("fetch-all-the-pages-of-the-catalogue", 0);
  view.wait_for_retry("fetch-all-the-pages-of-the-catalogue", 1, 0, 5s);
  view.progress.failed = 3;
  view.progress.left = 70s;
  const auto status = [&](std::size_t columns) { return view.rows(1, {columns, 1}).back(); };
  CHECK(status(52) == "[0/2] 0 running 1 retrying 3 failed 00:01 ETA 01:10");
  CHECK(status(51) == "[0/2] 1 retrying 3 failed 00:01 ETA 01:10");
  CHECK(status(40) == "[0/2] 1 retrying 3 failed 00:01");
  CHECK(status(30) == "[0/2] 3 failed 00:01");
  CHECK(status(20) == "[0/2] 00:01");
  CHECK(view.rows(1, {60, 2}).front() == "      retrying     1s fetch-…logue: retry in 4.0s (attempt 2 of 5), exit code 1");
  CHECK(view.rows(1, {45, 2}).front() == "1s fetch-…logue: retry in 4.0s (attempt 2 of 5), exit code 1");
}

TEST_CASE("how far a job with many items is") {
  View view({"all", "b"});
  view.world.job("all").flow = std::make_unique<JobFlow>();
  view.world.job("all").flow->foreach = std::make_unique<ForeachSpec>();
  view.world.begin();
  JobResult result;
  result.state = JobState::running;
  view.follower.job_state(JobStateChange{view.world.job("all"), result, RunWorld::time(1)});
  CHECK(view.rows(2).size() == 1);
  std::vector<Job> items(3);
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].id = static_cast<std::uint32_t>(10 + i);
    items[i].name = "all[" + std::to_string(i) + ']';
    items[i].parent = view.world.job("all").id;
    items[i].definition = &view.world.job("all");
    items[i].siblings = 40;
    items[i].policies = view.world.job("all").policies;
    result.state = JobState::ready;
    view.follower.job_state(JobStateChange{items[i], result, RunWorld::time(1)});
    result.state = JobState::running;
    view.follower.job_state(JobStateChange{items[i], result, RunWorld::time(1)});
    view.follower.attempt_start(AttemptStart{items[i], 1, 1, RunWorld::time(1)});
  }
  result.state = JobState::succeeded;
  view.follower.job_state(JobStateChange{items[0], result, RunWorld::time(3)});
  CHECK(view.rows(4) == std::vector<std::string>{
                            "      running      3s all: 1 of 40 items",
                            "      running      3s all[1]",
                            "      running      3s all[2]",
                            "[0/2] 2 running 0 retrying 0 failed 00:04",
                        });
  CHECK(view.rows(4, {80, 3}).front() == "      running      3s all[1]");
  CHECK(view.follower.jobs.item_lines(RunWorld::time(4), 5) == std::vector<std::string>{"all: 3.0s, 1 of 40 items"});
  result.state = JobState::succeeded;
  view.follower.job_state(JobStateChange{view.world.job("all"), result, RunWorld::time(5)});
  CHECK(view.rows(5).front() == "      running      4s all[1]");
}

TEST_CASE("after ^C what runs is ending, and nobody knows when") {
  View view({"a", "b"});
  view.world.begin();
  view.world.start("a", 0);
  view.follower.jobs.stopping();
  view.progress.left = 70s;
  CHECK(view.rows(1) == std::vector<std::string>{"      ending       1s a", "[0/2] 1 ending 0 retrying 0 failed 00:01"});
}

TEST_CASE("open breakers, and what waits while nothing runs") {
  View view({"load"});
  view.world.begin();
  view.world.ready("load", 1);
  view.follower.breaker(BreakerChange{"api", "closed", "open", 30s, RunWorld::time(1)});
  CHECK(view.rows(3) == std::vector<std::string>{
                            "      load: waiting 2.0s for a process slot",
                            "      breaker api: open for another 28s",
                            "[0/1] 0 running 0 retrying 0 failed 00:03",
                        });
  CHECK(view.rows(31)[1] == "      breaker api: half-open");
  CHECK(view.rows(3, {80, 2}).front() == "      load: waiting 2.0s for a process slot");
  view.world.end("load", JobState::cancelled, 3);
  CHECK(view.rows(3, {80, 2}).front() == "      breaker api: open for another 28s");
}

TEST_CASE("it changes once a second, in the last seconds of a countdown ten times") {
  View view({"fetch", "deploy"});
  view.world.begin();
  view.world.start("fetch", 0.3);
  view.world.start("deploy", 0.3);
  CHECK(view.changes_after(0.5) == 1);
  CHECK(view.changes_after(1) == 2);
  view.wait_for_retry("deploy", 1, 1, 12s);
  CHECK(view.changes_after(1) == 2);
  CHECK(view.changes_after(2.5) == 3);
  CHECK(view.changes_after(3.5) == 3.6);
}

TEST_CASE("hours are shown where there are some") {
  CHECK(clock_words(0s) == "00:00");
  CHECK(clock_words(3599s) == "59:59");
  CHECK(clock_words(3723s) == "1:02:03");
}

TEST_CASE("what is left, by the times of earlier runs") {
  View view({"a", "b", "c", "d"});
  Follower& follower = view.follower;
  SECTION("no earlier run") {
    view.world.begin();
    CHECK_FALSE(follower.estimate.left(RunWorld::time(0)));
  }
  SECTION("the longest chain of needs") {
    view.world.job("b").needs = {Need{0, EdgeCondition::succeeded, {}}};
    view.world.job("d").needs = {Need{1, EdgeCondition::succeeded, {}}};
    follower.earlier.by_job = {{"a", 10s}, {"b", 20s}, {"c", 5s}, {"d", 5s}};
    follower.earlier.process_slots = 8;
    view.world.begin();
    CHECK(follower.estimate.left(RunWorld::time(0)) == 35s);
    view.world.start("a", 0);
    CHECK(follower.estimate.left(RunWorld::time(4)) == 31s);
    CHECK(follower.estimate.left(RunWorld::time(4.5)) == 31s);  // once a second
    view.world.end("a", JobState::succeeded, 6);
    CHECK(follower.estimate.left(RunWorld::time(6)) == 25s);
  }
  SECTION("the work over the slots; what is unknown is taken for average, what is left out for nothing") {
    follower.earlier.by_job = {{"a", 10s}, {"b", 20s}, {"c", 30s}};
    follower.earlier.process_slots = 2;
    view.world.begin();
    CHECK(follower.estimate.left(RunWorld::time(0)) == 40s);
    follower.earlier.excluded = {false, false, true, false};
    view.world.begin();
    CHECK(follower.estimate.left(RunWorld::time(10)) == 25s);
  }
  SECTION("what has to go through a limit, at once or one after the other") {
    LimitSettings two;
    two.concurrency = 2;
    LimitSettings slow;
    slow.rate_count = 1;
    slow.rate_period = 60s;
    view.world.file().limits = {{"db", {}, two}, {"mail", {}, slow}};
    auto policies = std::make_shared<Policies>();
    policies->limits = {0};
    for (const char* name : {"a", "b", "c"}) view.world.job(name).policies = policies;
    follower.earlier.by_job = {{"a", 10s}, {"b", 20s}, {"c", 30s}, {"d", 30s}};
    follower.earlier.process_slots = 8;
    SECTION("at once") {
      two.concurrency = 1;
      view.world.file().limits[0].settings = two;
      view.world.begin();
      CHECK(follower.estimate.left(RunWorld::time(0)) == 60s);
      view.world.start("c", 0);
      CHECK(follower.estimate.left(RunWorld::time(20)) == 40s);
      view.world.end("c", JobState::succeeded, 30);
      CHECK(follower.estimate.left(RunWorld::time(30)) == 30s);
    }
    SECTION("as often as it lets") {
      auto paced = std::make_shared<Policies>();
      paced->limits = {1};
      for (const char* name : {"a", "b", "c"}) view.world.job(name).policies = paced;
      view.world.begin();
      CHECK(follower.estimate.left(RunWorld::time(0)) == 120s);  // the first begins at once
      view.world.start("a", 0);
      CHECK(follower.estimate.left(RunWorld::time(1)) == 60s);
    }
  }
  SECTION("the work inside of groups") {
    view.world.make_group("d", {"x", "y"});
    follower.earlier.by_job = {{"a", 10s}, {"b", 10s}, {"c", 10s}, {"d", 40s}};
    follower.earlier.inside = {{"d/x", 40s}, {"d/y", 30s}};
    view.world.begin();
    CHECK(follower.estimate.left(RunWorld::time(0)) == 100s);
    view.world.start("d/x", 0);
    view.world.end("d/x", JobState::succeeded, 40);
    CHECK(follower.estimate.left(RunWorld::time(40)) == 60s);
  }
  SECTION("items that have ended tell how long the others will take") {
    Job& all = view.world.job("a");
    all.flow = std::make_unique<JobFlow>();
    all.flow->foreach = std::make_unique<ForeachSpec>();
    follower.earlier.by_job = {{"a", 100s}, {"b", 1s}, {"c", 1s}, {"d", 1s}};
    follower.earlier.process_slots = 8;
    view.world.begin();
    view.world.start("a", 0);
    CHECK(follower.estimate.left(RunWorld::time(1)) == 99s);
    Job item;
    item.definition = &all;
    item.siblings = 10;
    JobResult result;
    for (int i = 0; i < 4; ++i) {
      for (const JobState state : {JobState::running, JobState::succeeded}) {
        result.state = state;
        follower.job_state(JobStateChange{item, result, RunWorld::time(4)});
      }
    }
    CHECK(follower.estimate.left(RunWorld::time(4)) == 6s);
  }
}

TEST_CASE("names of items as they stand in the file") {
  CHECK(name_in_file("plain/x") == "plain/x");
  CHECK(name_in_file("all[3]/load") == "all/load");
  CHECK(name_in_file("all[a/b]/each[x[1]]") == "all/each");
}

TEST_CASE("a row says how many attempts of a job run at once") {
  View view({"fetch"});
  view.world.set_attempts("fetch", 2);
  view.world.begin();
  view.world.start("fetch", 0);
  const Job& job = view.world.job("fetch");
  view.follower.attempt_start(AttemptStart{job, 2, 2, RunWorld::time(1), {}, true});
  CHECK(view.rows(2).at(0) == "      running      2s fetch (attempt 2 of 2, 2 at once)");
  CHECK(view.follower.jobs.lines(RunWorld::time(2), 1).at(0) == "fetch: 2.0s, attempt 2 of 2, 2 at once");
  const Outcome outcome;
  const ResourceUsage usage;
  view.follower.attempt_end(AttemptEnd{job, 1, 2, outcome, 2s, usage, RunWorld::time(2)});
  CHECK(view.rows(3).at(0) == "      running      3s fetch (attempt 2 of 2)");
}
