// Counting needs down. Knows nothing of time, attempts or execution.
#include "engine/plan.h"

#include <utility>

namespace corun {
namespace {

bool edge_holds(EdgeCondition when, JobState state, bool failure_allowed) {
  switch (when) {
    case EdgeCondition::succeeded: return is_success(state) || (failure_allowed && is_failure(state));
    case EdgeCondition::failed: return is_failure(state);
    case EdgeCondition::done: return true;
  }
  return false;
}

std::uint32_t wanted_needs(const Job& job) {
  const auto all = static_cast<std::uint32_t>(job.needs.size());
  switch (job.join) {
    case Join::all: return all;
    case Join::any: return all == 0 ? 0 : 1;
    case Join::quorum: return job.join_quorum;
  }
  return all;
}

}  // namespace

Plan::Plan(const JobGroup& group, const std::vector<bool>& left_out)
    : nodes_(group.jobs.size()), first_dependent_(group.jobs.size() + 1), remaining_(group.jobs.size()) {
  for (JobIndex i = 0; i < group.jobs.size(); ++i) {
    const Job& job = group.jobs[i];
    nodes_[i].undecided = static_cast<std::uint32_t>(job.needs.size());
    nodes_[i].wanted = wanted_needs(job);
    if (job.id < left_out.size() && left_out[job.id]) left_out_.push_back(i);
    for (const Need& need : job.needs) ++first_dependent_[need.job + 1];
  }
  for (std::size_t i = 1; i < first_dependent_.size(); ++i) first_dependent_[i] += first_dependent_[i - 1];
  dependents_.resize(first_dependent_.back());
  std::vector<std::uint32_t> next(first_dependent_.begin(), first_dependent_.end() - 1);
  for (JobIndex i = 0; i < group.jobs.size(); ++i) {
    for (const Need& need : group.jobs[i].needs) dependents_[next[need.job]++] = Dependent{i, need.when};
  }
}

std::vector<PlanStep> Plan::begin() {
  std::vector<PlanStep> steps;
  for (const JobIndex job : left_out_) {
    nodes_[job].phase = Phase::decided;
    --remaining_;
  }
  for (JobIndex i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].phase == Phase::pending && nodes_[i].wanted == 0) {
      nodes_[i].phase = Phase::decided;
      steps.push_back(PlanStep{i, false, 0});
    }
  }
  for (const JobIndex job : left_out_) propagate(job, JobState::succeeded, false, steps);
  return steps;
}

void Plan::ended(JobIndex job, JobState state, bool failure_allowed, std::vector<PlanStep>& steps) {
  --remaining_;
  propagate(job, state, failure_allowed, steps);
}

void Plan::abandon(JobIndex job) {
  nodes_[job].phase = Phase::decided;
  --remaining_;
}

void Plan::propagate(JobIndex job, JobState state, bool failure_allowed, std::vector<PlanStep>& steps) {
  const std::size_t first_new = steps.size();
  const auto tell_dependents = [&](JobIndex from, JobState as, bool allowed) {
    for (std::uint32_t i = first_dependent_[from]; i < first_dependent_[from + 1]; ++i) {
      settle_need(dependents_[i].job, edge_holds(dependents_[i].when, as, allowed), from, steps);
    }
  };
  tell_dependents(job, state, failure_allowed);
  // A skipped job ends at once, and `steps` grows while it is walked.
  for (std::size_t i = first_new; i < steps.size(); ++i) {
    if (!steps[i].skipped) continue;
    --remaining_;
    tell_dependents(steps[i].job, JobState::skipped, false);
  }
}

void Plan::settle_need(JobIndex dependent, bool holds, JobIndex by, std::vector<PlanStep>& steps) {
  Node& node = nodes_[dependent];
  --node.undecided;
  node.held += static_cast<std::uint32_t>(holds);
  if (node.phase == Phase::decided) return;
  if (node.held >= node.wanted) {
    node.phase = Phase::decided;
    steps.push_back(PlanStep{dependent, false, 0});
  } else if (node.held + node.undecided < node.wanted) {
    node.phase = Phase::decided;
    steps.push_back(PlanStep{dependent, true, by});
  }
}

}  // namespace corun
