// Random graphs with random scripts, policies and stops, run by the engine in the scripted world: every run ends, and at every
// moment limits, rates, slots and needs are kept.
#include <algorithm>
#include <map>
#include <random>

#include "catch.h"
#include "unit/engine/world.h"

using namespace corun;
using namespace corun::test;

namespace {

constexpr std::size_t kLimits = 3;

/// Builds a world from a seed: the same seed, the same world.
class WorldMaker {
 public:
  WorldMaker(World& world, std::uint32_t seed) : world_(world), random_(seed) {}

  void make() {
    world_.settings.process_slots = static_cast<std::uint32_t>(2 + below(4));
    world_.settings.fail_fast = below(6) == 0;
    if (below(4) == 0) world_.settings.timeout = some_time(8000);
    if (below(4) == 0) world_.interrupt_at = some_time(8000);
    if (below(3) == 0) world_.executor.stop_takes = some_time(500);
    for (std::size_t i = 0; i < kLimits; ++i) world_.file.limits.push_back({"l" + std::to_string(i), {}, some_limit()});
    for (const char* name : {"b0", "b1"}) {
      BreakerSettings breaker;
      breaker.consecutive = static_cast<std::uint32_t>(1 + below(4));
      breaker.open_for = some_time(3000);
      breaker.slow_ratio = chance(4) ? std::optional<double>(0.5) : std::nullopt;
      breaker.slow_after = 200ms;
      world_.file.breakers.push_back({name, {}, breaker});
    }
    fill(world_.file.top, "", 1 + below(14), 0);
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  // Often the same few moments, so that many things happen at once.
  Duration some_time(std::size_t most_ms) {
    return chance(2) ? Duration(1ms) * (1 + below(most_ms))
                     : Duration(100ms) * (1 + below(std::max<std::size_t>(1, most_ms / 100)));
  }

  LimitSettings some_limit() {
    LimitSettings limit;
    if (chance(2)) limit.concurrency = static_cast<std::uint32_t>(1 + below(3));
    if (!limit.concurrency || chance(3)) {
      limit.rate_count = static_cast<std::uint32_t>(1 + below(5));
      limit.burst = static_cast<std::uint32_t>(1 + below(3));
    }
    if (chance(3)) limit.max_queue = static_cast<std::uint32_t>(below(4));
    return limit;
  }

  std::vector<Step> some_script() {
    std::vector<Step> script;
    for (std::size_t i = 0; i < 1 + below(4); ++i)
      script.push_back(Step{chance(5) ? Duration::zero() : some_time(900), chance(2)});
    return script;
  }

  void fill(JobGroup& group, const std::string& prefix, std::size_t count, std::size_t depth) {
    group.jobs.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      Job& job = world_.add(group, prefix + "j" + std::to_string(i), some_script());
      for (std::size_t k = 0; i > 0 && k < below(4); ++k) {
        const auto need = static_cast<JobIndex>(below(i));
        const bool known = std::any_of(job.needs.begin(), job.needs.end(), [&](const Need& each) { return each.job == need; });
        if (!known) job.needs.push_back(Need{need, static_cast<EdgeCondition>(below(3)), {}});
      }
      if (!job.needs.empty()) {
        job.join = static_cast<Join>(below(3));
        job.join_quorum = static_cast<std::uint32_t>(1 + below(job.needs.size()));
      }
      job.continue_on_error = chance(6);
      add_policies(world_.policies(job));
      if (depth < 3 && chance(4)) make_group(job, depth);
      if (chance(5)) {
        auto fallback = std::make_unique<RunSpec>();
        fallback->argv.push_back(Text{"fallback", {}});
        job.fallback = std::make_unique<Action>(std::move(fallback));
      }
    }
  }

  void make_group(Job& job, std::size_t depth) {
    auto spec = std::make_unique<GatherSpec>();
    spec->policy = static_cast<GatherPolicy>(below(5));
    spec->continue_on_failure = chance(3);
    spec->group = std::make_unique<JobGroup>();
    const std::size_t count = 1 + below(4);
    spec->quorum = static_cast<std::uint32_t>(1 + below(count));
    fill(*spec->group, job.name + "/", count, depth + 1);
    job.action = std::move(spec);
    world_.policies(job).limits.clear();  // a job file can't give a group a limit: its members might wait for it for ever
  }

  void add_policies(Policies& policies) {
    if (chance(4)) policies.timeout = some_time(900);
    if (chance(5)) policies.total_timeout = some_time(4000);
    if (chance(5)) policies.queue_timeout = some_time(2000);
    if (chance(2)) {
      policies.retry.attempts = static_cast<std::uint32_t>(1 + below(5));
      policies.retry.backoff.delay = some_time(500);
      policies.retry.backoff.jitter = static_cast<BackoffSettings::Jitter>(below(4));
      if (chance(4)) policies.retry.max_elapsed = some_time(3000);
    }
    if (chance(3)) policies.breaker = static_cast<std::uint32_t>(below(2));
    for (std::uint32_t i = 0; i < kLimits; ++i) {
      if (chance(3)) policies.limits.push_back(i);
    }
  }

  World& world_;
  std::mt19937 random_;
};

void for_each_job(const JobGroup& group, const std::function<void(const JobGroup&, const Job&)>& visit) {
  for (const Job& job : group.jobs) {
    visit(group, job);
    if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action)) for_each_job(*(*gather)->group, visit);
  }
}

/// Counts what runs, by limit and in all, at every start and end. What is wrong is kept for later: an exception would only
/// break the engine.
class Watch {
 public:
  explicit Watch(World& world) : world_(world) {
    for_each_job(world.file.top, [&](const JobGroup&, const Job& job) { jobs_[job.name] = &job; });
    world.executor.observe = [this](const std::string& job, const std::string& program, int change) {
      running_ += change;
      expect(running_ <= static_cast<int>(world_.settings.process_slots), job + ": more than -j allows");
      if (program != "fallback") changed(*jobs_.at(job), change);  // which is outside of its job's limits
    };
  }

  /// The first promise that was broken; "" if none was.
  const std::string& broken() const { return broken_; }

 private:
  void expect(bool holds, const std::string& what) {
    if (!holds && broken_.empty()) broken_ = what;
  }

  void changed(const Job& job, int change) {
    for (const std::uint32_t limit : job.policies->limits) {
      const LimitSettings& settings = world_.file.limits[limit].settings;
      in_limit_[limit] += change;
      if (settings.concurrency) expect(in_limit_[limit] <= static_cast<int>(*settings.concurrency), job.name + ": limit");
      if (change > 0 && settings.rate_count) check_rate(limit, settings);
    }
  }

  // GCRA: k + 1 starts take at least k + 1 - burst intervals.
  void check_rate(std::uint32_t limit, const LimitSettings& settings) {
    const Duration now = world_.clock.elapsed();
    std::vector<Duration>& starts = starts_[limit];
    starts.push_back(now);
    const Duration interval = settings.rate_period / *settings.rate_count;
    for (std::size_t k = settings.burst; k < starts.size(); ++k) {
      expect(now - starts[starts.size() - 1 - k] >= interval * static_cast<int>(k + 1 - settings.burst),
             "rate of limit " + std::to_string(limit));
    }
  }

  World& world_;
  std::map<std::string, const Job*> jobs_;
  std::map<std::uint32_t, int> in_limit_;
  std::map<std::uint32_t, std::vector<Duration>> starts_;
  int running_ = 0;
  std::string broken_;
};

bool edge_holds(const Need& need, const Job& needed, JobState state) {
  const bool failure = state == JobState::failed || state == JobState::timed_out || state == JobState::rejected;
  switch (need.when) {
    case EdgeCondition::done: return is_final(state);
    case EdgeCondition::failed: return failure;
    case EdgeCondition::succeeded: return is_success(state) || (failure && needed.continue_on_error);
  }
  return false;
}

// Replays what was reported: nobody is ready before enough of its needs hold, and states follow each other as they may.
void check_history(const World& world) {
  std::map<std::string, std::pair<const JobGroup*, const Job*>> jobs;
  for_each_job(world.file.top, [&](const JobGroup& group, const Job& job) { jobs[job.name] = {&group, &job}; });
  std::map<std::string, JobState> states;
  for (const auto& [name, state] : world.report.states) {
    const auto& [group, job] = jobs.at(name);
    const JobState before = states.contains(name) ? states.at(name) : JobState::pending;
    INFO(name << ": " << to_string(before) << " -> " << to_string(state));
    if (state == JobState::running && std::holds_alternative<std::unique_ptr<GatherSpec>>(job->action)) {
      std::erase_if(states, [&](const auto& each) { return each.first.starts_with(name + "/"); });  // tried again
    }
    REQUIRE(!is_final(before));
    if (state == JobState::ready) {
      REQUIRE(before == JobState::pending);
      std::size_t held = 0;
      for (const Need& need : job->needs) {
        const Job& needed = group->jobs[need.job];
        const auto found = states.find(needed.name);
        held += static_cast<std::size_t>(found != states.end() && edge_holds(need, needed, found->second));
      }
      const std::size_t wanted = job->join == Join::all   ? job->needs.size()
                                 : job->join == Join::any ? std::min<std::size_t>(1, job->needs.size())
                                                          : job->join_quorum;
      REQUIRE(held >= (job->needs.empty() ? 0 : wanted));
    }
    if (state == JobState::running || state == JobState::retrying) REQUIRE(before != JobState::pending);
    states[name] = state;
  }
  for (const Job& job : world.file.top.jobs) REQUIRE(is_final(states[job.name]));
  for (const auto& [name, state] : states) REQUIRE(is_final(state));
}

void check_results(const World& world) {
  const bool stopped = world.outcome.stopped != CancelReason::none;
  for (const Job& job : world.file.top.jobs) {
    const JobResult& result = world.outcome.results[job.id];
    INFO(job.name << " " << to_string(result.state) << " " << result.outcome.message);
    REQUIRE(is_final(result.state));
    REQUIRE(result.attempts <= job.policies->retry.attempts);
    REQUIRE(result.ready <= result.started);
    REQUIRE(result.started <= result.ended);
    if (!stopped) REQUIRE(result.state != JobState::cancelled);
    if (result.state == JobState::degraded) REQUIRE(job.fallback);
    REQUIRE(result.outcome.ok() == (result.state == JobState::succeeded || result.state == JobState::skipped));
  }
}

}  // namespace

TEST_CASE("whatever the graph, its policies and its stops: the engine ends, and keeps its promises all along") {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    INFO("seed " << seed);
    World world;
    WorldMaker(world, seed).make();
    const Watch watch(world);
    world.run();
    REQUIRE(watch.broken() == "");
    REQUIRE(world.executor.running == 0);
    REQUIRE(world.executor.started_too_late == 0);
    check_history(world);
    check_results(world);

    World again;
    WorldMaker(again, seed).make();
    again.run();
    REQUIRE(again.report.lines == world.report.lines);
    REQUIRE(again.outcome.elapsed == world.outcome.elapsed);
  }
}
