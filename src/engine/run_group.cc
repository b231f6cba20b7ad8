// A group's coroutine and the bookkeeping of its members. Knows nothing of attempts or policies but gather.
#include "engine/run_group.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/member.h"
#include "engine/plan.h"
#include "engine/prepare.h"
#include "engine/run_job.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

class GroupRun {
 public:
  GroupRun(RunContext& run, const JobGroup& group, Gather* gather, CancelScope& parent)
      : run_(run),
        group_(group),
        gather_(gather),
        parent_(parent),
        scope_(parent),
        plan_(group, run.settings.excluded),
        tasks_(run.loop()),
        ended_(run.loop()),
        members_(std::make_unique<GroupMember[]>(group.jobs.size())) {}

  Task<Outcome> live();

 private:
  class GroupMember final : public Member {
   public:
    void become_ready(GroupRun& owner, JobIndex index);

   private:
    void start() override { owner_->tasks_.start(run_job(*run_, *this, owner_->scope_)); }
    void ended() override { owner_->member_ended(index_); }

    friend class GroupRun;
    GroupRun* owner_ = nullptr;
    JobIndex index_ = 0;
  };

  void begin();
  void take(std::vector<PlanStep> steps);
  void make_ready(JobIndex index);
  void skip(const PlanStep& step);
  void cancel_before_start(JobIndex index);
  void cancel_waiting();
  void member_ended(JobIndex index);
  void tell_gather(JobIndex index);
  void check_end() {
    if (plan_.remaining() == 0) ended_.set();
  }
  Outcome verdict() const;
  std::string describe_failures() const;

  RunContext& run_;
  const JobGroup& group_;
  Gather* gather_;
  CancelScope& parent_;
  CancelScope scope_;  // of the members
  Plan plan_;
  TaskGroup tasks_;
  Event ended_;
  std::unique_ptr<GroupMember[]> members_;
};

void GroupRun::GroupMember::become_ready(GroupRun& owner, JobIndex index) {
  owner_ = &owner;
  index_ = index;
  run_ = &owner.run_;
  job_ = &owner.group_.jobs[index];
}

Task<Outcome> GroupRun::live() {
  begin();
  const Event::Wake wake = co_await ended_.wait(scope_);
  if (wake == Event::Wake::cancelled) {
    cancel_waiting();
    CancelScope shield;
    co_await ended_.wait(shield);
  }
  co_await tasks_.join();
  co_return verdict();
}

void GroupRun::begin() {
  for (const Job& job : group_.jobs) run_.result_of(job) = JobResult();  // a group may be tried again
  take(plan_.begin());
  check_end();
}

void GroupRun::take(std::vector<PlanStep> steps) {
  for (const PlanStep& step : steps) {
    if (scope_.cancelled()) {
      if (!step.skipped) plan_.abandon(step.job);
      cancel_before_start(step.job);
    } else if (step.skipped) {
      skip(step);
    } else {
      make_ready(step.job);
    }
  }
}

void GroupRun::make_ready(JobIndex index) {
  const Job& job = group_.jobs[index];
  run_.result_of(job).ready = run_.now();
  run_.enter(job, JobState::ready);
  members_[index].become_ready(*this, index);
  run_.admission.request(members_[index], job.policies.get(), pool_of(job.action), first_admission_deadline(run_, job));
}

void GroupRun::skip(const PlanStep& step) {
  const Job& job = group_.jobs[step.job];
  const Job& blocker = group_.jobs[step.blocker];
  JobResult& result = run_.result_of(job);
  result.ready = result.started = result.ended = run_.now();
  result.outcome.message = "needs `" + blocker.name + "`, which " +
                           (run_.result_of(blocker).state == JobState::skipped ? "was skipped"
                            : is_success(run_.result_of(blocker).state)        ? "succeeded"
                                                                               : "didn't succeed");
  run_.enter(job, JobState::skipped);
  tell_gather(step.job);
}

// The group was stopped before the job had anything to show for it.
void GroupRun::cancel_before_start(JobIndex index) {
  const Job& job = group_.jobs[index];
  JobResult& result = run_.result_of(job);
  result.started = result.ended = run_.now();
  if (result.ready == TimePoint{}) result.ready = result.ended;
  result.outcome.kind = FailureKind::cancelled;
  result.outcome.cancel_reason = scope_.reason();
  result.outcome.message = to_string(scope_.reason());
  run_.enter(job, JobState::cancelled);
}

// Takes out what has no coroutine yet: jobs in queues get their verdict and end by themselves, pending ones end here.
void GroupRun::cancel_waiting() {
  for (JobIndex i = 0; i < group_.jobs.size(); ++i) {
    if (members_[i].queued()) run_.admission.cancel(members_[i]);
    if (plan_.is_pending(i)) {
      plan_.abandon(i);
      cancel_before_start(i);
    }
  }
  check_end();
}

void GroupRun::member_ended(JobIndex index) {
  const JobResult& result = run_.result_of(group_.jobs[index]);
  tell_gather(index);
  if (is_failure(result) && run_.settings.fail_fast && gather_ == nullptr) parent_.cancel(CancelReason::fail_fast);
  std::vector<PlanStep> steps;
  plan_.ended(index, result.state, result.failure_allowed, steps);
  take(std::move(steps));
  check_end();
}

void GroupRun::tell_gather(JobIndex index) {
  if (gather_ == nullptr) return;
  const JobResult& result = run_.result_of(group_.jobs[index]);
  // What stops the whole group says nothing about its policy.
  if (result.state == JobState::cancelled && parent_.cancelled()) return;
  if (result.state == JobState::skipped) {
    gather_->child_skipped();
  } else {
    gather_->child_ended(index, is_success(result.state) || result.failure_allowed);
  }
  if (gather_->cancel_rest() && !scope_.cancelled()) {
    scope_.cancel(gather_->rest_lost_race() ? CancelReason::lost_race : CancelReason::sibling_failed);
  }
}

Outcome GroupRun::verdict() const {
  Outcome outcome;
  if (gather_ == nullptr || gather_->succeeded()) return outcome;
  if (parent_.cancelled()) {
    outcome.kind = FailureKind::cancelled;
    outcome.cancel_reason = parent_.reason();
    return outcome;
  }
  outcome.kind = FailureKind::group;
  outcome.message = describe_failures();
  return outcome;
}

// The first failure, then the others in the order of the file.
std::string GroupRun::describe_failures() const {
  constexpr std::size_t kMost = 5;
  std::vector<std::size_t> failed;
  if (const std::optional<std::size_t> first = gather_->first_failure()) failed.push_back(*first);
  for (std::size_t i = 0; i < group_.jobs.size(); ++i) {
    if (is_failure(run_.result_of(group_.jobs[i]).state) && (failed.empty() || failed.front() != i)) failed.push_back(i);
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(failed.size(), kMost); ++i) {
    const Job& job = group_.jobs[failed[i]];
    if (!text.empty()) text += "; ";
    text += "`" + job.name + "`: " + run_.result_of(job).outcome.message;
  }
  if (failed.size() > kMost) text += "; and " + std::to_string(failed.size() - kMost) + " more";
  return text.empty() ? "its policy wasn't met" : text;
}

}  // namespace

Task<Outcome> run_group(RunContext& run, const JobGroup& group, Gather* gather, CancelScope& scope) {
  GroupRun members(run, group, gather, scope);
  co_return co_await members.live();
}

}  // namespace corun
