// A group's coroutine and the bookkeeping of its members. Knows nothing of attempts or policies but gather.
#include "engine/run_group.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/instance.h"
#include "engine/member.h"
#include "engine/outputs.h"
#include "engine/plan.h"
#include "engine/prepare.h"
#include "engine/restore.h"
#include "engine/result_context.h"
#include "engine/run_foreach.h"
#include "engine/run_job.h"
#include "expr/render.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

class GroupRun {
 public:
  GroupRun(RunContext& run, const GroupRequest& request, CancelScope& parent)
      : run_(run),
        request_(request),
        group_(request.group),
        gather_(request.gather),
        parent_(parent),
        scope_(parent),
        plan_(group_, run.settings.excluded),
        tasks_(run.loop()),
        ended_(run.loop()),
        names_(&request.names),
        members_(std::make_unique<GroupMember[]>(group_.jobs.size())) {}

  Task<GroupEnd> live();

 private:
  class GroupMember final : public Member {
   public:
    void begin(GroupRun& owner, JobIndex index);
    Json take_data() { return std::move(data_); }
    bool holds_secret() const { return holds_secret_; }

   private:
    void start() override;
    void ended() override { owner_->member_ended(index_); }

    friend class GroupRun;
    GroupRun* owner_ = nullptr;
    JobIndex index_ = 0;
    std::int64_t done_by_ = 0;            // the run that did it, this one: kNoRun. What needs it and is older doesn't count
    std::unique_ptr<Instance> instance_;  // inside a foreach
  };

  void begin();
  void take(std::vector<PlanStep> steps);
  void take_step(const PlanStep& step);
  void make_ready(JobIndex index);
  bool restore(JobIndex index);
  std::int64_t counts_from(JobIndex index) const;
  bool holds(const Text& condition, Outcome& outcome) const;
  void end_at_once(JobIndex index, JobState state, Outcome outcome);
  void skip(const PlanStep& step);
  void cancel_before_start(JobIndex index);
  void cancel_waiting();
  void member_ended(JobIndex index);
  void publish(JobIndex index);
  void tell_gather(JobIndex index);
  void check_end() {
    if (plan_.remaining() == 0) ended_.set();
  }
  Outcome verdict() const;
  std::string describe_failures() const;
  GroupEnd end();

  const JobResult& result_of(JobIndex index) const { return members_[index].result(); }
  const Job& job_of(JobIndex index) const { return members_[index].job(); }

  RunContext& run_;
  const GroupRequest& request_;
  const JobGroup& group_;
  Gather* gather_;
  CancelScope& parent_;
  CancelScope scope_;  // of the members
  Plan plan_;
  TaskGroup tasks_;
  Event ended_;
  Context names_;  // with `.jobs`, once somebody looks at one of them
  bool has_jobs_ = false;
  std::vector<std::string> jobs_with_secrets_;
  Json results_;  // of a gather, in the order of their ends
  std::deque<PlanStep> steps_;
  bool taking_ = false;
  std::unique_ptr<GroupMember[]> members_;
};

void GroupRun::GroupMember::begin(GroupRun& owner, JobIndex index) {
  owner_ = &owner;
  index_ = index;
  run_ = &owner.run_;
  file_ = &owner.request_.file;
  names_ = &owner.names_;
  const Job& written = owner.group_.jobs[index];
  const Job* around = owner.request_.owner;
  if (around == nullptr || around->definition == nullptr) {
    job_ = &written;
    result_ = &owner.run_.results[written.id];
  } else {
    instance_ = std::make_unique<Instance>(owner.run_, written, around->name + written.name.substr(around->written().name.size()),
                                           *around);
    job_ = &instance_->job();
    result_ = &instance_->result();
  }
  *result_ = JobResult();  // a group may be tried again
}

void GroupRun::GroupMember::start() {
  const JobFlow* flow = job_->written().flow.get();
  const bool many = flow != nullptr && flow->foreach != nullptr;
  owner_->tasks_.start(many ? run_foreach(*run_, *this, owner_->scope_) : run_job(*run_, *this, owner_->scope_));
}

Task<GroupEnd> GroupRun::live() {
  begin();
  const Event::Wake wake = co_await ended_.wait(scope_);
  if (wake == Event::Wake::cancelled) {
    cancel_waiting();
    CancelScope shield;
    co_await ended_.wait(shield);
  }
  co_await tasks_.join();
  co_return end();
}

void GroupRun::begin() {
  for (JobIndex i = 0; i < group_.jobs.size(); ++i) members_[i].begin(*this, i);
  take(plan_.begin());
  check_end();
}

// One step may lead to others at once (a job whose `if` is false); a chain of them doesn't nest.
void GroupRun::take(std::vector<PlanStep> steps) {
  steps_.insert(steps_.end(), steps.begin(), steps.end());
  if (std::exchange(taking_, true)) return;
  while (!steps_.empty()) {
    const PlanStep step = steps_.front();
    steps_.pop_front();
    take_step(step);
  }
  taking_ = false;
}

void GroupRun::take_step(const PlanStep& step) {
  if (scope_.cancelled()) {
    if (!step.skipped) plan_.abandon(step.job);
    cancel_before_start(step.job);
  } else if (step.skipped) {
    skip(step);
  } else {
    make_ready(step.job);
  }
}

void GroupRun::make_ready(JobIndex index) {
  GroupMember& member = members_[index];
  const Job& job = member.job();
  const JobFlow* flow = job.written().flow.get();
  if (flow != nullptr && flow->condition) {
    Outcome outcome;
    if (!holds(*flow->condition, outcome)) {
      const bool failed = !outcome.ok();
      if (!failed) outcome.message = "`if` is false";
      return end_at_once(index, failed ? JobState::failed : JobState::skipped, std::move(outcome));
    }
  }
  if (restore(index)) return;
  if (!job.written().needs.empty()) run_.journal.settle();
  member.result().ready = run_.now();
  run_.enter(job, member.result(), JobState::ready);
  if (flow != nullptr && flow->foreach) {  // its items ask for themselves
    run_.admission.request(member, nullptr, Pool::none, TimePoint::max());
  } else {
    ask_for_admission(run_, member);
  }
}

// Whether an earlier run has done the job: then it ends here.
bool GroupRun::restore(JobIndex index) {
  if (!run_.journal.resumes()) return false;
  GroupMember& member = members_[index];
  member.counts_from_ = counts_from(index);
  member.done_by_ = kNoRun;
  const Job& job = member.job();
  Json data;
  const Standing standing = standing_of(run_, job, member.counts_from_, member.result(), data);
  if (standing == Standing::changed) return false;
  member.done_by_ = run_.journal.earlier(job.name)->run;
  member.runs_again_ = standing == Standing::lost;
  if (member.runs_again_) return false;
  run_.enter(job, member.result(), member.result().state);
  note_end(run_, job, member.result(), data, false, run_.journal.earlier(job.name)->log);
  if (run_.expressions.used_of(job) != 0) member.set_data(std::move(data), false);
  restore_inside(run_, job);
  member_ended(index);
  return true;
}

// What was done of it before what it needs was done (once more, since that had changed) doesn't count.
std::int64_t GroupRun::counts_from(JobIndex index) const {
  std::int64_t first = request_.counts_from;
  for (const Need& need : job_of(index).written().needs) first = std::max(first, members_[need.job].done_by_);
  return first;
}

bool GroupRun::holds(const Text& condition, Outcome& outcome) const {
  const ContextEvaluator evaluator(names_, run_.expressions.programs);
  Renderer renderer(evaluator);
  const Json value = renderer.in("if").expression(condition);
  if (!renderer.errors().empty()) outcome = failure_of(run_.expressions, renderer.errors().front());
  return value.is_true();
}

// The job ends without having been ready.
void GroupRun::end_at_once(JobIndex index, JobState state, Outcome outcome) {
  const Job& job = job_of(index);
  JobResult& result = members_[index].result();
  result.ready = result.started = result.ended = run_.now();
  result.outcome = std::move(outcome);
  result.failure_allowed = is_failure(state) && job.continue_on_error;
  run_.enter(job, result, state);
  note_end(run_, job, result, Json(), false, {});
  member_ended(index);
}

void GroupRun::skip(const PlanStep& step) {
  JobResult& result = members_[step.job].result();
  const JobState blocker = result_of(step.blocker).state;
  result.ready = result.started = result.ended = run_.now();
  result.outcome.message = "needs `" + job_of(step.blocker).name + "`, which " +
                           (blocker == JobState::skipped ? "was skipped"
                            : is_success(blocker)        ? "succeeded"
                                                         : "didn't succeed");
  run_.enter(job_of(step.job), result, JobState::skipped);
  note_end(run_, job_of(step.job), result, Json(), false, {});
  publish(step.job);
  tell_gather(step.job);
}

// The group was stopped before the job had anything to show for it.
void GroupRun::cancel_before_start(JobIndex index) {
  JobResult& result = members_[index].result();
  result.started = result.ended = run_.now();
  if (result.ready == TimePoint{}) result.ready = result.ended;
  result.outcome.kind = FailureKind::cancelled;
  result.outcome.cancel_reason = scope_.reason();
  result.outcome.message = to_string(scope_.reason());
  run_.enter(job_of(index), result, JobState::cancelled);
  note_end(run_, job_of(index), result, Json(), false, {});
  publish(index);
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
  const JobResult& result = result_of(index);
  publish(index);
  tell_gather(index);
  if (is_failure(result) && run_.settings.fail_fast && request_.owner == nullptr) parent_.cancel(CancelReason::fail_fast);
  std::vector<PlanStep> steps;
  plan_.ended(index, result.state, result.failure_allowed, steps);
  take(std::move(steps));
  check_end();
}

// Puts the job's result among the names, where somebody looks at it.
void GroupRun::publish(JobIndex index) {
  if (run_.expressions.used_of(job_of(index)) == 0) return;
  Json data = members_[index].take_data();
  if (data.is_null()) describe_end(data, result_of(index));
  if (!std::exchange(has_jobs_, true)) {
    const Context::Found outer = request_.names.find("jobs");
    names_.set("jobs", outer && *outer ? **outer : Json::map());
  }
  if (request_.owner != nullptr) {
    if (results_.is_null()) results_ = Json::list();
    Json entry = data;
    entry.set("name", Json::string(short_name(group_.jobs[index])));
    if (request_.completion_order) {
      results_.append(std::move(entry));
    } else {
      results_.set(index, std::move(entry));
    }
  }
  if (members_[index].holds_secret()) {
    names_.taint("jobs", short_name(group_.jobs[index]), Taint::holds);
    jobs_with_secrets_.emplace_back(short_name(group_.jobs[index]));
  }
  names_.change("jobs").set(short_name(group_.jobs[index]), std::move(data));
}

void GroupRun::tell_gather(JobIndex index) {
  if (gather_ == nullptr) return;
  const JobResult& result = result_of(index);
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
  for (JobIndex i = 0; i < group_.jobs.size(); ++i) {
    if (is_failure(result_of(i).state) && (failed.empty() || failed.front() != i)) failed.push_back(i);
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(failed.size(), kMost); ++i) {
    const auto index = static_cast<JobIndex>(failed[i]);
    if (!text.empty()) text += "; ";
    text += "`" + job_of(index).name + "`: " + result_of(index).outcome.message;
  }
  if (failed.size() > kMost) text += "; and " + std::to_string(failed.size() - kMost) + " more";
  return text.empty() ? "its policy wasn't met" : text;
}

GroupEnd GroupRun::end() {
  GroupEnd end;
  end.outcome = verdict();
  end.results = std::move(results_);
  end.jobs_with_secrets = std::move(jobs_with_secrets_);
  if (!has_jobs_) return end;
  const Context::Found jobs = names_.find("jobs");
  if (jobs && *jobs) end.jobs = **jobs;
  return end;
}

}  // namespace

Task<GroupEnd> run_group(RunContext& run, const GroupRequest& request, CancelScope& scope) {
  GroupRun members(run, request, scope);
  co_return co_await members.live();
}

}  // namespace corun
