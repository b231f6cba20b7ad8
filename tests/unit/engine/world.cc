// The scripted world's workings.
#include "world.h"

#include <algorithm>
#include <stdexcept>

#include "base/duration.h"
#include "engine/check_expressions.h"

namespace corun::test {
namespace {

// A signal, which nobody knows of beforehand.
class Interrupt final : public Timer {
 public:
  explicit Interrupt(CancelScope& scope) : scope_(scope) {}

 private:
  void on_timer() override { scope_.cancel(CancelReason::interrupted); }

  CancelScope& scope_;
};

}  // namespace

Task<ActionResult> ScriptedExecutor::execute(const Command& command, CancelScope& scope) {
  const ProcessCommand& process = *std::get<std::unique_ptr<ProcessCommand>>(command);
  std::string job;
  for (const std::string& variable : process.environment) {
    if (variable.starts_with("CORUN_JOB=")) job = variable.substr(10);
    if (variable.starts_with("CORUN_TIME_LEFT=")) time_left[job] = variable.substr(16);
  }
  const auto own = scripts.find(job);
  const std::vector<Step>& script = own != scripts.end() ? own->second : default_script;
  const auto call = static_cast<std::size_t>(calls[job]++);
  const Step step = script[std::min(call, script.size() - 1)];
  starts.emplace_back(job, loop_.now().time_since_epoch());
  started_too_late += static_cast<int>(scope.cancelled());
  ++running;
  if (observe) observe(job, process.argv[0], 1);
  most_running = std::max(most_running, running);
  const bool completed = co_await Sleep(loop_, loop_.now() + step.takes, scope);
  ActionResult result;
  if (completed) {
    result.outcome.exit_code = step.exit_code;
  } else {
    CancelScope shield;
    co_await Sleep(loop_, loop_.now() + stop_takes, shield);
    result.outcome.kind = FailureKind::cancelled;
    result.outcome.cancel_reason = scope.reason();
  }
  --running;
  if (observe) observe(job, process.argv[0], -1);
  co_return result;
}

void MemoryReport::job_state(const JobStateChange& change) {
  lines.push_back(change.job.name + " " + to_string(change.result.state));
  most_ids = std::max(most_ids, std::size_t{change.job.id} + 1);
  states.emplace_back(change.job.name, change.result.state);
  if (is_final(change.result.state)) ended[change.job.name] = change.time.time_since_epoch();
}

void MemoryReport::retry_wait(const RetryWait& wait) { lines.push_back(wait.job.name + " retry " + format_duration(wait.delay)); }

void MemoryReport::stopping(CancelReason reason, std::size_t running) {
  lines.push_back(std::string("stopping ") + to_string(reason) + " " + std::to_string(running));
}

void MemoryReport::breaker(const BreakerChange& change) { lines.push_back("breaker " + std::string(change.to)); }

Job& World::add(JobGroup& group, const std::string& name, std::vector<Step> script) {
  Job& job = group.jobs.emplace_back();
  job.id = next_id_++;
  job.name = name;
  ids[name] = job.id;
  auto spec = std::make_unique<RunSpec>();
  spec->argv.push_back(Text{"scripted", {}});
  job.action = std::move(spec);
  job.policies = std::make_shared<const Policies>();
  executor.scripts[name] = std::move(script);
  return job;
}

Job& World::add(const std::string& name, std::vector<Step> script, std::vector<JobIndex> needs) {
  Job& job = add(file.top, name, std::move(script));
  for (const JobIndex need : needs) job.needs.push_back(Need{need, EdgeCondition::succeeded, {}});
  return job;
}

GatherSpec& World::add_gather(const std::string& name, GatherPolicy policy, std::uint32_t quorum) {
  Job& job = add(name, {});
  auto spec = std::make_unique<GatherSpec>();
  spec->policy = policy;
  spec->quorum = quorum;
  spec->group = std::make_unique<JobGroup>();
  GatherSpec& reference = *spec;
  job.action = std::move(spec);
  return reference;
}

Policies& World::policies(Job& job) {
  auto own = std::make_shared<Policies>(*job.policies);
  Policies& reference = *own;
  job.policies = std::move(own);
  return reference;
}

RunResult World::run() {
  std::vector<std::pair<std::string, BreakerSettings>> breakers;
  for (const auto& breaker : file.breakers) breakers.emplace_back(breaker.name, breaker.settings);
  MemoryBreakerStore store(std::move(breakers), random);
  LogStore logs("", "test", [](std::string_view) {});
  const Variables variables(vars, {}, Json());
  std::vector<ExpressionError> errors;
  const Expressions expressions = check_expressions(file, variables, errors);
  if (!errors.empty()) throw std::logic_error(errors.front().message);
  settings.run_id = "test";
  if (settings.process_slots == 1) settings.process_slots = 1000;
  Interrupt interrupt(scope);
  if (interrupt_at) interrupt.arm(loop, TimePoint(*interrupt_at));
  EngineParts parts{loop, executor, http, report, store, logs, random};
  parts.limit_shares = limit_shares;
  parts.cache = cache;
  outcome = corun::run(loop, run_file(file, settings, variables, expressions, parts, scope));
  return outcome;
}

const JobResult& World::result(const std::string& name) const { return outcome.results.at(ids.at(name)); }

}  // namespace corun::test
