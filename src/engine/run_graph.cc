// The values of a graph's file, its jobs, its outputs. Knows nothing of retries.
#include "engine/run_graph.h"

#include <string>
#include <utility>
#include <vector>

#include "engine/outputs.h"
#include "engine/run_jobs_of_file.h"
#include "expr/graph_variables.h"
#include "expr/render.h"

namespace corun {
namespace {

// What the file's processes get besides the run's environment: what the files around it have added, then what it adds.
std::vector<std::string> added_environment(const RunningFile& outer, const JobFile& file, const Variables& variables) {
  std::vector<std::string> environment = outer.environment;
  for (const auto& [name, value] : file.dotenv_values) environment.push_back(name + '=' + value);
  for (const NamedText& variable : file.env) {
    environment.push_back(variable.name + '=' + variables.environment().at(variable.name));
  }
  return environment;
}

// What the file's `outputs` give; a failure if they can't be evaluated.
void add_outputs(const RunContext& run, const RunningFile& running, const FileEnd& end, AttemptResult& result) {
  Context names(&running.names);
  end.add_to(names);
  const ContextEvaluator evaluator(names, run.expressions.programs);
  std::vector<std::string> problems;
  result.outputs = evaluate_outputs(run.expressions, running.file.outputs, evaluator, problems);
  result.holds_secret = evaluator.given() != Taint::none;
  if (!problems.empty()) result.outcome = failure(FailureKind::expectation, std::move(problems.front()));
}

}  // namespace

Task<AttemptResult> run_graph(RunContext& run, const AttemptRequest& request, const GraphSpec& spec, std::int64_t counts_from,
                              CancelScope& scope) {
  const RunningFile& outer = request.member.file();
  AttemptResult result;
  std::vector<ExpressionError> errors;
  const Variables variables = graph_variables(spec, outer.variables, request.names.context(), run.expressions.programs, errors);
  if (!errors.empty()) {
    result.outcome = failure_of(run.expressions, errors.front());
    co_return result;
  }
  RunningFile running(*spec.file, variables);
  const Context::Found about_run = outer.names.find("run");
  if (about_run && *about_run) running.names.set("run", **about_run);
  running.environment = added_environment(outer, *spec.file, variables);
  FileEnd end = co_await run_jobs_of_file(run, running, &request.job(), counts_from, scope);
  result.outcome = std::move(end.outcome);
  result.members = std::move(end.results);
  if (result.outcome.ok() && wants_outputs(run.expressions, request.job())) add_outputs(run, running, end, result);
  result.jobs = std::move(end.jobs);
  result.jobs_with_secrets = std::move(end.jobs_with_secrets);
  co_return result;
}

}  // namespace corun
