// `corun run`: the only place that knows the concrete parts of a run. Knows nothing of argv or YAML.
#include "cli/run_command.h"

#include <signal.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/run_control.h"
#include "cli/run_reports.h"
#include "cli/setup_error.h"
#include "engine/engine.h"
#include "io/http_executor.h"
#include "io/process_executor.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "policy/breaker_store.h"
#include "policy/random.h"
#include "state/log_store.h"

namespace corun {
namespace {

bool has_http(const JobGroup& group);

bool has_http(const Action& action) {
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) return true;
  const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&action);
  return gather != nullptr && has_http(*(*gather)->group);
}

bool has_http(const JobGroup& group) {
  return std::any_of(group.jobs.begin(), group.jobs.end(),
                     [](const Job& job) { return has_http(job.action) || (job.fallback && has_http(*job.fallback)); });
}

std::unique_ptr<HttpExecutor> make_http(Loop& loop, const Arguments& arguments) {
  HttpSettings settings;
  settings.max_concurrency = arguments.http_slots;
  Result<std::unique_ptr<HttpExecutor>> executor = HttpExecutor::create(loop, std::move(settings));
  if (!executor) throw SetupError(kExitInternal, executor.error().message);
  return std::move(*executor);
}

ProcessSettings process_settings(const Variables& variables, const SignalSource& signals) {
  ProcessSettings settings;
  for (const auto& [name, value] : variables.environment()) settings.environment.push_back(name + '=' + value);
  settings.signal_mask = signals.original_mask();
  settings.open_files = raise_open_files_limit();
  return settings;
}

MemoryBreakerStore make_breakers(const JobFile& file, Random& random) {
  std::vector<std::pair<std::string, BreakerSettings>> breakers;
  for (const Named<BreakerSettings>& breaker : file.breakers) breakers.emplace_back(breaker.name, breaker.settings);
  return MemoryBreakerStore(std::move(breakers), random);
}

std::string state_directory(const Arguments& arguments, const GetVariable& variable) {
  if (!arguments.keep_state) return {};
  return arguments.state_dir.empty() ? default_state_dir(variable) : arguments.state_dir;
}

}  // namespace

CommandEnd run_command(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable) {
  ::signal(SIGPIPE, SIG_IGN);  // a reader of our output that went away must not end the jobs
  SystemClock clock;
  Loop loop(clock);
  SignalSource signals(loop, kHeededSignals);
  SystemRandom random;
  RunReports reports(arguments, variable);

  RunSettings settings;
  settings.run_id = make_run_id(clock.wall_now(), random.unit());
  settings.process_slots = arguments.process_slots ? *arguments.process_slots : usable_cores();
  settings.http_slots = arguments.http_slots;
  settings.fail_fast = arguments.fail_fast;
  settings.timeout = arguments.timeout;
  settings.excluded = graph.excluded;

  ProcessExecutor processes(loop, process_settings(graph.variables, signals));
  const std::unique_ptr<HttpExecutor> http = has_http(graph.file.top) ? make_http(loop, arguments) : nullptr;
  MemoryBreakerStore breakers = make_breakers(graph.file, random);
  LogStore logs(state_directory(arguments, variable), settings.run_id,
                [&reports](std::string_view message) { reports.report().warning(message); });
  const EngineParts parts{loop, processes, http.get(), reports.report(), breakers, logs, random};

  RunControl control(loop, signals, reports.console(), reports.report());
  const RunResult result = run(loop, control.run(graph.file, settings, graph.variables, parts));

  CommandEnd end;
  end.signal = control.signal();
  end.exit_code = exit_code(graph.file, result.results, settings.excluded, result.stopped, end.signal);
  reports.report().run_end(RunEnd{result.results, result.elapsed, end.exit_code, result.stopped, clock.now()});
  if (!reports.finish() && end.exit_code == kExitSuccess) end.exit_code = kExitCantWrite;
  return end;
}

}  // namespace corun
