// `corun run`: the only place that knows the concrete parts of a run. Knows nothing of argv or YAML.
#include "cli/run_command.h"

#include <signal.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/earlier_times.h"
#include "cli/exit_code.h"
#include "cli/last_resort.h"
#include "cli/machine.h"
#include "cli/ping.h"
#include "cli/root_failure.h"
#include "cli/run_clock.h"
#include "cli/run_control.h"
#include "cli/run_gate.h"
#include "cli/run_inputs.h"
#include "cli/run_policies.h"
#include "cli/run_reports.h"
#include "cli/run_state.h"
#include "cli/setup_error.h"
#include "cli/slots.h"
#include "cli/usual_times.h"
#include "cli/web_calls.h"
#include "engine/engine.h"
#include "graph/groups.h"
#include "graph/idempotency.h"
#include "io/http_executor.h"
#include "io/process_executor.h"
#include "io/sql_executor.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "policy/random.h"
#include "state/known_files.h"
#include "state/result_cache.h"

namespace corun {
namespace {

constexpr std::uint32_t kMany = 1'000'000;  // of a foreach: more than ever run at once

// Actions of a file by what carries them out.
struct ActionCounts {
  std::uint32_t processes = 0;
  std::uint32_t http = 0;
  std::uint32_t sql = 0;
};

void count(const JobGroup& group, std::uint32_t times, ActionCounts& jobs);

void count(const Action& action, std::uint32_t times, ActionCounts& jobs) {
  const auto add = [times](std::uint32_t& sum) { sum = std::min(sum + times, kMany); };
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) add(jobs.processes);
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) add(jobs.http);
  if (std::holds_alternative<std::unique_ptr<SqlSpec>>(action)) add(jobs.sql);
  for_each_group(action, [&](const JobGroup& group) { count(group, times, jobs); });
}

// How many of each kind there are, so at most at once.
void count(const JobGroup& group, std::uint32_t times, ActionCounts& jobs) {
  for (const Job& job : group.jobs) {
    const HedgeSettings* hedge = hedge_of(job);
    const std::uint32_t at_once = std::min(kMany, hedge != nullptr ? times * (1 + hedge->max) : times);
    const std::uint32_t each = job.flow && job.flow->foreach ? kMany : at_once;
    count(job.action, each, jobs);
    if (job.fallback) count(*job.fallback, each, jobs);
    if (!job.flow) continue;
    for (const auto* callback : {&job.flow->on_success, &job.flow->on_failure, &job.flow->finally}) {
      if (*callback) count((*callback)->action, each, jobs);
    }
  }
}

// What may run at once: as asked for, or what the open files are enough for.
Slots possible_slots(const Arguments& arguments, const ActionCounts& jobs, Console& console) {
  const Slots asked{arguments.process_slots ? *arguments.process_slots : usable_cores(), arguments.http_slots};
  const Slots wanted{std::min(asked.processes, jobs.processes), std::min(asked.http, jobs.http + jobs.sql)};
  const std::uint64_t open_files = open_files_limit();
  const Slots possible = slots_within(open_files, wanted);
  if (possible.processes == wanted.processes && possible.http == wanted.http) return asked;
  std::string at_once = wanted.processes > 0 ? std::to_string(possible.processes) + " processes" : std::string();
  if (wanted.http > 0) at_once += (at_once.empty() ? "" : " and ") + std::to_string(possible.http) + " requests";
  console.warning("only " + std::to_string(open_files) + " files may be open (ulimit -n), so at most " + at_once + " at once");
  return {std::max(possible.processes, 1U), std::max(possible.http, 1U)};
}

std::unique_ptr<HttpExecutor> make_http(Loop& loop, std::uint32_t slots) {
  HttpSettings settings;
  settings.max_concurrency = slots;
  Result<std::unique_ptr<HttpExecutor>> executor = HttpExecutor::create(loop, std::move(settings));
  if (!executor) throw SetupError(kExitInternal, executor.error().message);
  return std::move(*executor);
}

std::unique_ptr<SqlExecutor> make_sql(Loop& loop, std::uint32_t slots) {
  Result<std::unique_ptr<SqlExecutor>> executor = SqlExecutor::create(loop, slots);
  if (!executor) throw SetupError(kExitInternal, executor.error().message);
  return std::move(*executor);
}

// `clean`: what nobody has named stays out, but for what nearly every program needs.
ProcessSettings process_settings(const Variables& variables, std::optional<rlimit> open_files, bool clean,
                                 const std::optional<TraceContext>& trace) {
  const std::vector<std::string>& named = variables.named_environment();
  ProcessSettings settings;
  for (const auto& [name, value] : variables.environment()) {
    if (clean && !is_usual_variable(name) && !std::binary_search(named.begin(), named.end(), name)) continue;
    if (name == "TRACESTATE" && trace && trace->state.empty()) continue;  // of a trace that isn't ours
    settings.environment.push_back(name + '=' + value);
  }
  settings.open_files = open_files;
  return settings;
}

std::unordered_map<std::string, Duration> usual_times_of(Store& store, const Arguments& arguments, const JobFile& file) {
  std::unordered_map<std::string, Duration> times;
  if (!wants_usual_times(file)) return times;
  try {
    for (const auto& [job, time] : usual_times(store.database(), known_file(arguments.file), file).by_job) {
      if (time.p95) times[job] = *time.p95;
    }
  } catch (const DatabaseError& error) {
    store.report(error);
  }
  return times;
}

}  // namespace

CommandEnd run_command(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable) {
  ::signal(SIGPIPE, SIG_IGN);  // a reader of our output that went away must not end the jobs
  RunClock clock;
  Loop loop(clock);
  SignalSource signals(loop, kHeededSignals);
  SystemRandom random;
  const bool wants_failure = !arguments.ping.empty() || graph.file.ping.has_value();
  RunReports reports(arguments, graph, variable, clock, signals.fd(), wants_failure);
  const std::string run_id = make_run_id(clock.wall_now(), random.unit());
  Ping ping(loop, arguments, graph, random, reports.report(), [&loop] { return make_web_calls(loop); });
  RunGate gate(loop, clock, signals, arguments, graph, variable, run_id, reports.report());
  if (const GateEnd end = gate.pass(); !end.passed) {
    reports.report().not_run(NotRun{run_id, graph.file.path, end.message, end.exit_code, clock.now()});
    reports.report().flush();
    if (end.is_overdue) say_end(loop, signals, ping, end.exit_code, end.message);
    reports.finish();
    return {end.exit_code, end.signal};
  }
  RunState state(loop, arguments, variable, reports.report());

  const std::optional<rlimit> open_files = raise_open_files_limit();
  ActionCounts jobs;
  for_each_group_of_file(graph.file, [&](const JobGroup& group) { count(group, 1, jobs); });
  const Slots slots = possible_slots(arguments, jobs, reports.console());

  RunSettings settings;
  settings.run_id = run_id;
  settings.process_slots = slots.processes;
  settings.http_slots = slots.http;
  settings.fail_fast = arguments.fail_fast;
  settings.timeout = arguments.timeout;
  settings.use_cache = arguments.use_cache;
  settings.excluded = graph.excluded;
  settings.trace = reports.trace().context();

  ProcessExecutor processes(loop, process_settings(graph.variables, open_files, arguments.clean_environment, settings.trace));
  const LastResort last_resort(processes);
  const std::unique_ptr<HttpExecutor> http = jobs.http > 0 ? make_http(loop, slots.http) : nullptr;
  const std::unique_ptr<SqlExecutor> sql = jobs.sql > 0 ? make_sql(loop, slots.http) : nullptr;
  state.begin(settings.run_id, graph.file.name, graph.file.top.jobs.size());
  if (reports.console().live_display() != nullptr) {
    EarlierTimes earlier = earlier_times(state.store(), known_file(arguments.file));
    earlier.process_slots = slots.processes;
    earlier.http_slots = slots.http;
    earlier.excluded = graph.excluded;
    reports.console().expect(std::move(earlier));
  }
  settings.usual_times = usual_times_of(state.store(), arguments, graph.file);
  RunPolicies policies(loop, graph.file, known_file(arguments.file), state, random);
  settings.earlier = state.earlier();
  ResultCache cache(state.store(), clock);
  KnownFiles known_files(state.store());
  const EngineParts parts{loop,         processes,   http.get(), reports.report(), policies.breakers(),
                          state.logs(), random,      sql.get(),  state.journal(),  policies.limit_shares(),
                          &cache,       &known_files};

  RunControl control(loop, clock, signals, processes, reports);
  const RunResult result = run(loop, control.run(graph.file, settings, graph.variables, graph.expressions, parts, &ping));

  CommandEnd end;
  end.signal = control.signal();
  end.exit_code = exit_code(graph.file, result.results, settings.excluded, result.stopped, end.signal);
  policies.end();
  const char* const verdict = verdict_word(end.exit_code);
  if (arguments.pass_exit_code && end.exit_code == kExitFailure) {
    const int code = root_exit_code(graph.file, result.results, settings.excluded, reports.item_failures());
    if (code != 0) end.exit_code = code;
  }
  state.end(end.exit_code, verdict);
  const std::string resume = end.exit_code == kExitSuccess ? std::string() : state.resume_command();
  const std::string logs = state.logs_command();
  reports.report().run_end(
      RunEnd{result.results, result.elapsed, end.exit_code, result.outputs, result.stopped, clock.now(), resume, logs, verdict});
  const bool written = reports.write_files(graph.file);
  if (const int signal = control.deliver(); signal != 0) end.signal = signal;
  if ((!reports.finish() || !written) && end.exit_code == kExitSuccess) end.exit_code = kExitCantWrite;
  gate.release();
  reports.trace().send(loop, signals, reports.console(), [&loop] { return make_web_calls(loop); });
  ping.warn_in(reports.console());  // the others have seen the run's end
  say_end(loop, signals, ping, end.exit_code, reports.failure());
  state.prune();
  return end;
}

}  // namespace corun
