// Random graphs: the plan against a naive model that looks at everything again after every step.
#include "engine/plan.h"

#include <algorithm>
#include <random>

#include "catch.h"

using namespace corun;

namespace {

// What each job is, and how it will end if it runs.
struct Model {
  JobGroup group;
  std::vector<JobState> ends;
  std::vector<bool> allowed;
  std::vector<bool> left_out;
};

Model random_model(std::mt19937& random) {
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  Model model;
  const std::size_t count = 1 + below(30);
  for (std::size_t i = 0; i < count; ++i) {
    Job job;
    job.id = static_cast<std::uint32_t>(i);
    for (std::size_t k = 0; i > 0 && k < below(5); ++k) {
      const auto need = static_cast<JobIndex>(below(i));
      const bool known = std::any_of(job.needs.begin(), job.needs.end(), [&](const Need& each) { return each.job == need; });
      if (!known) job.needs.push_back(Need{need, static_cast<EdgeCondition>(below(3)), {}});
    }
    job.join = static_cast<Join>(below(3));
    if (job.join == Join::quorum) {
      if (job.needs.empty())
        job.join = Join::all;
      else
        job.join_quorum = static_cast<std::uint32_t>(1 + below(job.needs.size()));
    }
    model.group.jobs.push_back(std::move(job));
    constexpr JobState kEnds[] = {JobState::succeeded, JobState::degraded, JobState::failed,
                                  JobState::timed_out, JobState::rejected, JobState::cancelled};
    model.ends.push_back(kEnds[below(6)]);
    model.allowed.push_back(below(4) == 0);
    model.left_out.push_back(below(8) == 0);
  }
  return model;
}

// The final state each job must reach, by evaluating every edge from scratch in file order (needs point backwards).
std::vector<JobState> naive_states(const Model& model) {
  std::vector<JobState> states;
  for (std::size_t i = 0; i < model.group.jobs.size(); ++i) {
    const Job& job = model.group.jobs[i];
    if (model.left_out[i]) {
      states.push_back(JobState::succeeded);
      continue;
    }
    std::size_t held = 0;
    for (const Need& need : job.needs) {
      const JobState state = states[need.job];
      const bool failure = state == JobState::failed || state == JobState::timed_out || state == JobState::rejected;
      const bool success = state == JobState::succeeded || state == JobState::degraded || (failure && model.allowed[need.job]);
      held +=
          static_cast<std::size_t>(need.when == EdgeCondition::done || (need.when == EdgeCondition::failed ? failure : success));
    }
    const std::size_t wanted = job.join == Join::all   ? job.needs.size()
                               : job.join == Join::any ? std::min<std::size_t>(1, job.needs.size())
                                                       : job.join_quorum;
    states.push_back(held >= wanted ? model.ends[i] : JobState::skipped);
  }
  return states;
}

}  // namespace

TEST_CASE("the plan agrees with the naive model, whatever the order of ends") {
  std::mt19937 random(20260917);
  for (int round = 0; round < 3000; ++round) {
    const Model model = random_model(random);
    const std::vector<JobState> expected = naive_states(model);
    Plan plan(model.group, model.left_out);
    std::vector<JobState> states(expected.size(), JobState::pending);
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (model.left_out[i]) states[i] = JobState::succeeded;
    }
    std::vector<JobIndex> ready;
    const auto take = [&](const std::vector<PlanStep>& steps) {
      for (const PlanStep& step : steps) {
        REQUIRE(states[step.job] == JobState::pending);  // each job is decided once
        states[step.job] = step.skipped ? JobState::skipped : JobState::ready;
        if (!step.skipped) ready.push_back(step.job);
      }
    };
    take(plan.begin());
    while (!ready.empty()) {
      const std::size_t pick = std::uniform_int_distribution<std::size_t>(0, ready.size() - 1)(random);
      const JobIndex job = ready[pick];
      ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(pick));
      states[job] = model.ends[job];
      std::vector<PlanStep> steps;
      plan.ended(job, model.ends[job], model.allowed[job], steps);
      take(steps);
    }
    CHECK(plan.remaining() == 0);
    CHECK(states == expected);
  }
}
