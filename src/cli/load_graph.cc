// From arguments to a graph ready to run. Knows nothing of running.
#include "cli/load_graph.h"

#include <unistd.h>

#include <utility>

#include "cli/exit_code.h"
#include "cli/expression_findings.h"
#include "cli/override_policies.h"
#include "cli/read_file.h"
#include "cli/run_inputs.h"
#include "cli/secrets.h"
#include "cli/setup_error.h"
#include "graph/groups.h"
#include "graph/load.h"
#include "graph/load_variables.h"
#include "report/output_stream.h"

namespace corun {
namespace {

std::string rendered(const std::vector<Diagnostic>& findings, std::size_t omitted, const SourceTexts& sources,
                     const Arguments& arguments, const GetVariable& variable) {
  const bool color = wants_color(arguments.color, ::isatty(STDERR_FILENO) == 1, variable);
  return render_all(findings, omitted, sources, DiagnosticFormat::text, color);
}

// Throws SetupError with all findings if there is an error.
LoadResult load_without_errors(const Arguments& arguments, const GetVariable& variable) {
  LoadResult loaded = load_from_disk(arguments.file);
  if (loaded.file) return loaded;
  for (Diagnostic& finding : find_in_expressions(loaded)) {
    if (finding.severity == Severity::error) loaded.diagnostics.push_back(std::move(finding));
  }
  const int code = exit_code_of(loaded.diagnostics);
  loaded.omitted += keep_most(loaded.diagnostics);
  throw SetupError::with_text(code, rendered(loaded.diagnostics, loaded.omitted, loaded.sources, arguments, variable) +
                                        explanation_hint(loaded.diagnostics));
}

// What the files of `--vars` say, later ones before earlier ones. Throws SetupError with all findings of the first that has some.
Variables::Vars variables_of_files(const JobFile& file, const Arguments& arguments, const GetVariable& variable) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : file.vars) known.push_back(name);
  Variables::Vars vars;
  for (const std::string& path : arguments.vars_files) {
    if (path == "-") throw SetupError(kExitUsage, "--vars: `-` isn't possible: give a file, such as /dev/fd/3");
    VariablesResult result = load_variables(path, read_file(path), known, file.path);
    if (const int code = exit_code_of(result.diagnostics); code != kExitSuccess) {
      throw SetupError::with_text(code, rendered(result.diagnostics, result.omitted, result.sources, arguments, variable) +
                                            explanation_hint(result.diagnostics));
    }
    for (auto& [name, value] : result.values) vars.insert_or_assign(name, std::move(value));
  }
  return vars;
}

// A secret is hidden from now on, unless it is too short to be told from other text.
void hide_secret(std::string_view name, std::string_view value, SecretKeeper& keeper, const Arguments& arguments) {
  if (keeper.mask().add(value) || value.empty() || arguments.quiet > 1) return;
  OutputStream err(STDERR_FILENO);
  err.append("corun: warning: the secret `" + std::string(name) + "` is too short, or too long, to be hidden in what is shown\n");
  err.flush();
}

// Reads what the files of graphs name: secrets (only for a run) and environment. Whether they have any secret; the variables of
// the environment that are some go into `environment`.
bool load_inner_files(JobFile& outermost, bool runs, const GetVariable& variable, std::vector<std::string>& environment) {
  bool any_secret = false;
  for_each_inner_file(outermost, [&](JobFile& file) {
    any_secret = any_secret || !file.secrets.empty();
    for (std::string& name : secret_environment(file, {})) environment.push_back(std::move(name));
    if (runs) {
      const Json secrets = read_secrets(file, {}, variable);
      secrets.for_each_field(
          [&](std::string_view name, const Json& value) { file.secret_values.emplace_back(name, value.text()); });
    }
    file.dotenv_values = read_dotenv(file.dotenv);
  });
  return any_secret;
}

}  // namespace

LoadResult load_from_disk(const std::string& path) {
  LoadOptions options;
  options.read_file = try_read_file;
  return load_job_file(path == "-" ? "<stdin>" : path, read_file(path), options);
}

JobFile load_jobs(const Arguments& arguments, const GetVariable& variable) {
  LoadResult loaded = load_without_errors(arguments, variable);
  return std::move(*loaded.file);
}

std::vector<bool> selected_jobs(JobFile& file, const Arguments& arguments) {
  Result<std::vector<bool>> excluded = select_jobs(file, arguments.selection);
  if (!excluded) throw SetupError(kExitNoInput, excluded.error().message);
  return std::move(*excluded);
}

LoadedGraph load_graph(const Arguments& arguments, const GetVariable& variable) {
  LoadResult loaded = load_without_errors(arguments, variable);
  if (!loaded.diagnostics.empty() && arguments.quiet == 0) {  // only warnings: `check` shows them all
    const std::size_t omitted = loaded.omitted + loaded.diagnostics.size() - 1;
    loaded.diagnostics.resize(1);
    OutputStream err(STDERR_FILENO);
    err.append(rendered(loaded.diagnostics, omitted, loaded.sources, arguments, variable));
    err.flush();
  }

  LoadedGraph graph;
  graph.file = std::move(*loaded.file);
  std::vector<ExpressionError> errors;
  VariableSources sources;
  sources.set = variables_of_files(graph.file, arguments, variable);
  for (auto& [name, value] : set_variables(arguments.set, graph.file)) sources.set.insert_or_assign(name, std::move(value));
  sources.inherited = inherited_environment();
  load_dotenv(graph.file, sources.inherited);
  const bool runs = arguments.command == CommandKind::run;
  sources.secrets =
      runs ? read_secrets(graph.file, arguments.secrets, variable) : secret_stand_ins(graph.file, arguments.secrets);
  sources.secret_environment = secret_environment(graph.file, arguments.secrets);
  const bool inner_secrets = load_inner_files(graph.file, runs, variable, sources.secret_environment);
  if (!runs) hide_secret_environment(sources);
  if (!sources.secrets.is_null() || inner_secrets) {
    graph.keeper = std::make_unique<SecretKeeper>();
    sources.keeper = graph.keeper.get();
    const auto hide = [&](std::string_view name, std::string_view value) {
      hide_secret(name, value, *graph.keeper, arguments);
      if (runs) graph.secrets.emplace_back(value);
    };
    sources.secrets.for_each_field([&](std::string_view name, const Json& value) { hide(name, value.text()); });
    for_each_inner_file(graph.file, [&](const JobFile& file) {
      for (const auto& [name, value] : file.secret_values) hide(name, value);
    });
  }
  sources.overriding = environment_settings(arguments.env_files, arguments.environment, variable);
  override_graph_environment(graph.file, sources.overriding);
  graph.variables = resolve_variables(graph.file, std::move(sources), errors);
  override_job_environment(graph.file, arguments.environment);
  if (arguments.retries) override_retries(graph.file, *arguments.retries);
  graph.excluded = selected_jobs(graph.file, arguments);

  graph.expressions = check_expressions(graph.file, graph.variables, errors);
  std::erase_if(errors, [](const ExpressionError& error) { return error.kind == ExpressionError::Kind::exposed_secret; });
  if (!errors.empty()) {
    std::vector<Diagnostic> findings = expression_findings(errors, loaded.sources);
    const int code = exit_code_of(findings);
    const std::size_t omitted = keep_most(findings);
    std::string shown = rendered(findings, omitted, loaded.sources, arguments, variable) + explanation_hint(findings);
    if (graph.keeper) shown = graph.keeper->mask().masked_message(shown);
    throw SetupError::with_text(code, shown);
  }
  return graph;
}

}  // namespace corun
