// Items that come and go. Knows nothing of attempts or of the graph around the job.
#include "engine/run_foreach.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/callbacks.h"
#include "engine/instance.h"
#include "engine/job_names.h"
#include "engine/outputs.h"
#include "engine/prepare.h"
#include "engine/restore.h"
#include "engine/result_context.h"
#include "engine/run_job.h"
#include "expr/render.h"
#include "graph/item_keys.h"
#include "loop/awaiters.h"
#include "policy/gather.h"

namespace corun {
namespace {

constexpr std::size_t kMostDescribed = 5;  // failures named in the job's own
constexpr std::size_t kMostItems = 10'000'000;

class ForeachRun {
 public:
  ForeachRun(RunContext& run, Member& member, CancelScope& group_scope)
      : run_(run),
        member_(member),
        spec_(*member.job().written().flow->foreach),
        group_scope_(group_scope),
        scope_(group_scope),
        tasks_(run.loop()),
        changed_(run.loop()),
        used_(run.expressions.used_of(member.job())) {}

  Task<Outcome> live();
  void end(Outcome outcome);
  std::unique_ptr<JobLog>& log() { return log_; }

 private:
  // One item that waits or runs. Its memory is used again for a later one.
  class Item final : public Member {
   public:
    explicit Item(ForeachRun& owner) : owner_(owner) {}
    void begin(std::size_t index, std::string name, Json value);
    void restore(Json data);
    Json take_data() { return std::move(data_); }
    bool holds_secret() const { return holds_secret_; }
    std::size_t index() const { return index_; }
    std::size_t place = 0;  // among the active ones

   private:
    void start() override { owner_.tasks_.start(run_job(*run_, *this, owner_.scope_)); }
    void ended() override { owner_.item_ended(*this); }

    ForeachRun& owner_;
    std::size_t index_ = 0;
    std::optional<Instance> instance_;
    std::optional<Context> context_;
  };

  std::optional<Outcome> find_items();
  std::optional<Outcome> name_of(std::size_t index, const Json& value, std::string& name);
  void launch();
  void item_ended(Item& item);
  void clear_ended();
  void cancel_waiting();
  bool wants_more() const { return next_ < items_.size() && !stopped_; }
  Outcome verdict() const;

  RunContext& run_;
  Member& member_;
  const ForeachSpec& spec_;
  CancelScope& group_scope_;
  CancelScope scope_;  // of the items
  TaskGroup tasks_;
  Event changed_;  // an item has ended
  const std::uint16_t used_;
  Json items_;
  bool items_hold_secret_ = false;
  bool outputs_hold_secret_ = false;
  std::size_t next_ = 0;    // the first item that hasn't begun
  std::size_t window_ = 1;  // items at once
  bool stopped_ = false;    // no more items begin
  std::optional<Gather> gather_;
  Json outputs_;
  ItemKeys keys_;  // of a `key`
  std::vector<std::unique_ptr<Item>> active_;
  std::vector<std::unique_ptr<Item>> idle_;
  std::vector<Item*> ended_;  // not cleared away yet
  std::vector<std::string> failures_;
  std::size_t failed_ = 0;
  std::size_t rejected_ = 0;     // of those that failed, by an open breaker
  std::unique_ptr<JobLog> log_;  // of callbacks
};

void ForeachRun::Item::begin(std::size_t index, std::string name, Json value) {
  index_ = index;
  run_ = &owner_.run_;
  file_ = &owner_.member_.file();
  const Job& job = owner_.member_.job();
  instance_.emplace(owner_.run_, job.written(), std::move(name), job, static_cast<std::uint32_t>(owner_.items_.size()));
  job_ = &instance_->job();
  result_ = &instance_->result();
  context_.emplace(&owner_.member_.names());
  context_->set(owner_.spec_.as, value);
  if (owner_.items_hold_secret_) context_->taint(owner_.spec_.as, {}, Taint::holds);
  context_->set("index", Json::number(static_cast<double>(index)));
  names_ = &*context_;
  data_ = Json();
  holds_secret_ = false;
  if (run_->journal.keeps()) {
    instance_->add_item(digest_of(value));
    if (run_->expressions.definitions[job.written().id].by_index) instance_->add_item(index);
  }
  counts_from_ = owner_.member_.counts_from();
  if (run_->journal.resumes()) {
    Json data;
    const Standing standing = standing_of(*run_, *job_, counts_from_, *result_, data);
    if (standing == Standing::done) return restore(std::move(data));
    runs_again_ = standing == Standing::lost;
  }
  result_->ready = run_->now();
  run_->enter(*job_, *result_, JobState::ready);
  ask_for_admission(*run_, *this);
}

// An earlier run has done it.
void ForeachRun::Item::restore(Json data) {
  run_->enter(*job_, *result_, result_->state);
  note_end(*run_, *job_, *result_, data, false, run_->journal.earlier(job_->name)->log);
  if (run_->expressions.used_of(*job_) != 0) set_data(std::move(data), false);
  owner_.item_ended(*this);
}

// Evaluates the list. What is wrong with it is the job's failure.
std::optional<Outcome> ForeachRun::find_items() {
  const ContextEvaluator evaluator(member_.names(), run_.expressions.programs);
  Renderer renderer(evaluator);
  items_ = spec_.items.kind == Value::Kind::string ? renderer.in("items").expression(spec_.items.text)
                                                   : renderer.in("items").value(spec_.items);
  if (!renderer.errors().empty()) return failure_of(run_.expressions, renderer.errors().front());
  items_hold_secret_ = evaluator.given() != Taint::none;
  if (!items_.is_list()) {
    return failure(FailureKind::invalid_request,
                   "foreach: the items must be a list, and are " + std::string(to_string(items_.kind())));
  }
  if (items_.size() > kMostItems) return failure(FailureKind::invalid_request, "foreach: more than 10 million items");
  const bool impossible = spec_.policy == GatherPolicy::quorum && spec_.quorum > items_.size();
  const bool needs_items = spec_.policy == GatherPolicy::any || spec_.policy == GatherPolicy::race;
  if (impossible || (needs_items && items_.size() == 0)) {
    return failure(FailureKind::group, "its policy can't be met with " + std::to_string(items_.size()) + " items");
  }
  return std::nullopt;
}

std::optional<Outcome> ForeachRun::name_of(std::size_t index, const Json& value, std::string& name) {
  std::string key = std::to_string(index);
  if (!spec_.keys.empty()) {
    key = spec_.keys[index];
  } else if (spec_.key) {
    Context context(&member_.names());
    context.set(spec_.as, value);
    if (items_hold_secret_) context.taint(spec_.as, {}, Taint::holds);
    context.set("index", Json::number(static_cast<double>(index)));
    const ContextEvaluator evaluator(context, run_.expressions.programs);
    Renderer renderer(evaluator);
    key = renderer.in("key").expression(*spec_.key).to_text();
    if (!renderer.errors().empty()) return failure_of(run_.expressions, renderer.errors().front());
    key = keys_.next(run_.masked(std::move(key)));
  }
  name = member_.job().name + '[' + key + ']';
  return std::nullopt;
}

Task<Outcome> ForeachRun::live() {
  if (std::optional<Outcome> problem = find_items()) co_return std::move(*problem);
  const bool goes_on = spec_.continue_on_failure || member_.job().continue_on_error;  // a failure that is allowed ends no other
  gather_.emplace(spec_.policy, spec_.quorum, goes_on, items_.size());
  if ((used_ & kOutputs) != 0) outputs_ = Json::list();
  const std::size_t slots = run_.settings.process_slots + run_.settings.http_slots;
  window_ = std::min(items_.size(), spec_.max_concurrent > 0 ? std::size_t{spec_.max_concurrent} : slots);
  for (;;) {
    clear_ended();
    launch();
    if (active_.empty() && ended_.empty() && !wants_more()) break;
    changed_.reset();
    if (!ended_.empty()) continue;
    const Event::Wake wake = co_await changed_.wait(scope_);
    if (wake != Event::Wake::cancelled) continue;
    stopped_ = true;
    cancel_waiting();
    CancelScope shield;
    while (!active_.empty()) {
      changed_.reset();
      if (ended_.empty()) {
        co_await changed_.wait(shield);
      }
      clear_ended();
    }
  }
  co_await tasks_.join();
  co_return verdict();
}

// Lets items begin up to the window.
void ForeachRun::launch() {
  while (wants_more() && active_.size() < window_) {
    const std::size_t index = next_++;
    Json value = items_.at(index);
    std::string name;
    if (std::optional<Outcome> problem = name_of(index, value, name)) {
      ++failed_;
      if (failures_.size() < kMostDescribed) failures_.push_back(problem->message);
      gather_->child_ended(index, false);
      if (gather_->cancel_rest() && !scope_.cancelled()) scope_.cancel(CancelReason::sibling_failed);
      stopped_ = stopped_ || scope_.cancelled();
      continue;
    }
    if (idle_.empty()) idle_.push_back(std::make_unique<Item>(*this));
    active_.push_back(std::move(idle_.back()));
    idle_.pop_back();
    active_.back()->place = active_.size() - 1;
    active_.back()->begin(index, std::move(name), std::move(value));
  }
}

// The last word of an item's coroutine, which is still there: only notes it down.
void ForeachRun::item_ended(Item& item) {
  const JobResult& result = item.result();
  member_.result().usage.add(result.usage);
  if (is_failure(result.state)) {
    ++failed_;
    rejected_ += static_cast<std::size_t>(result.outcome.kind == FailureKind::breaker_open);
    if (failures_.size() < kMostDescribed) failures_.push_back('`' + item.job().name + "`: " + result.outcome.message);
  }
  if (!outputs_.is_null()) {
    const Json data = item.take_data();
    outputs_hold_secret_ = outputs_hold_secret_ || item.holds_secret();
    Json outputs = data.is_map() ? data.get("outputs") : Json();
    if (spec_.completion_order) {
      outputs_.append(std::move(outputs));
    } else {
      outputs_.set(item.index(), std::move(outputs));
    }
  }
  const bool by_parent = result.state == JobState::cancelled && group_scope_.cancelled();
  if (!by_parent) gather_->child_ended(item.index(), is_success(result.state));
  if (gather_->cancel_rest() && !scope_.cancelled()) {
    scope_.cancel(gather_->rest_lost_race() ? CancelReason::lost_race : CancelReason::sibling_failed);
  }
  ended_.push_back(&item);
  changed_.set();
}

// Items whose coroutine is over are used again.
void ForeachRun::clear_ended() {
  for (Item* item : std::exchange(ended_, {})) {
    std::swap(active_[item->place], active_.back());
    active_[item->place]->place = item->place;
    idle_.push_back(std::move(active_.back()));
    active_.pop_back();
  }
}

// Those in queues get their verdict and end by themselves.
void ForeachRun::cancel_waiting() {
  for (std::size_t i = 0; i < active_.size(); ++i) {
    if (active_[i]->queued()) run_.admission.cancel(*active_[i]);
  }
}

Outcome ForeachRun::verdict() const {
  if (gather_->succeeded()) return Outcome();
  Outcome outcome;
  if (group_scope_.cancelled()) {
    outcome.kind = FailureKind::cancelled;
    outcome.cancel_reason = group_scope_.reason();
    outcome.message = to_string(group_scope_.reason());
    return outcome;
  }
  std::string message = std::to_string(failed_) + " of " + std::to_string(items_.size()) + " items failed";
  for (std::size_t i = 0; i < failures_.size(); ++i) message += (i == 0 ? ": " : "; ") + failures_[i];
  if (failed_ > failures_.size()) message += "; and " + std::to_string(failed_ - failures_.size()) + " more";
  const bool only_breakers = failed_ > 0 && rejected_ == failed_;
  return failure(only_breakers ? FailureKind::breaker_open : FailureKind::group, std::move(message));
}

void ForeachRun::end(Outcome outcome) {
  JobResult& result = member_.result();
  const Job& job = member_.job();
  result.ended = run_.now();
  const JobState state = state_of(outcome);
  result.failure_allowed = is_failure(state) && job.continue_on_error;
  result.outcome = std::move(outcome);
  result.state = state;
  Json data;
  if (used_ != 0) {
    data = Json::map();
    data.set("outputs", std::move(outputs_));
    data.set("items", Json::number(static_cast<double>(items_.size())));
    data.set("time", Json::number(std::chrono::duration<double>(result.ended - result.started).count()));
    describe_end(data, result);
  }
  run_.enter(job, result, state);
  note_end(run_, job, result, data, outputs_hold_secret_, log_ ? log_->name() : std::string(), member_.runs_again());
  if (used_ != 0) member_.set_data(std::move(data), outputs_hold_secret_);
}

}  // namespace

Task<void> run_foreach(RunContext& run, Member& member, CancelScope& scope) {
  ForeachRun items(run, member, scope);
  JobResult& result = member.result();
  result.attempts = 1;
  result.started = run.now();
  run.enter(member.job(), result, JobState::running);
  Outcome outcome;
  if (scope.cancelled()) {
    outcome.kind = FailureKind::cancelled;
    outcome.cancel_reason = scope.reason();
    outcome.message = to_string(scope.reason());
  } else {
    outcome = co_await items.live();
  }
  if (has_callbacks(member.job())) {
    JobNames names(member.names(), run.expressions.programs);
    names.begin_attempt(result.attempts);
    names.set_error(outcome);
    co_await run_callbacks(run, member, names, outcome, items.log(), scope);
  }
  items.end(std::move(outcome));
  member.ended();
}

}  // namespace corun
