// `corun check`. Knows nothing of running.
#include "cli/check_command.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "cli/exit_code.h"
#include "cli/expression_findings.h"
#include "cli/read_file.h"
#include "cli/run_inputs.h"
#include "engine/prepare.h"
#include "graph/load.h"
#include "report/output_stream.h"

namespace corun {
namespace {

// What is wrong with the expressions of a file that is otherwise right. A variable of the environment that isn't set here
// may be set where the file runs: only a warning.
std::vector<Diagnostic> find_in_expressions(const JobFile& file, const std::string& text, int& code) {
  std::vector<ExpressionError> errors;
  const Variables variables = resolve_variables(file, {}, inherited_environment(), {}, errors);
  const std::vector<ExpressionError> in_jobs = check_expressions(file, variables);
  errors.insert(errors.end(), in_jobs.begin(), in_jobs.end());
  std::vector<ExpressionError> unset;
  std::vector<ExpressionError> wrong;
  for (ExpressionError& error : errors) {
    (error.kind == ExpressionError::Kind::undefined_environment ? unset : wrong).push_back(std::move(error));
  }
  if (!wrong.empty()) code = std::all_of(wrong.begin(), wrong.end(), is_undefined) ? kExitUndefined : kExitInvalidFile;
  std::vector<Diagnostic> findings = expression_findings(unset, text);
  for (Diagnostic& finding : findings) finding.severity = Severity::warning;
  for (Diagnostic& finding : expression_findings(wrong, text)) findings.push_back(std::move(finding));
  std::stable_sort(findings.begin(), findings.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.place.line != b.place.line ? a.place.line < b.place.line : a.place.column < b.place.column;
  });
  return findings;
}

}  // namespace

int check_command(const Arguments& arguments, const GetVariable& variable) {
  const std::string text = read_file(arguments.file);
  const std::string path = arguments.file == "-" ? "<stdin>" : arguments.file;
  LoadResult loaded = load_job_file(path, text);
  std::vector<Diagnostic> findings = std::move(loaded.diagnostics);
  int code = loaded.file ? kExitSuccess : kExitInvalidFile;
  if (loaded.file) {
    for (Diagnostic& finding : find_in_expressions(*loaded.file, text, code)) findings.push_back(std::move(finding));
  }

  const bool for_people = arguments.diagnostics == DiagnosticFormat::text;
  const int fd = for_people ? STDERR_FILENO : STDOUT_FILENO;
  const bool color = for_people && wants_color(arguments.color, ::isatty(fd) == 1, variable);
  OutputStream stream(fd);
  stream.append(render_all(findings, loaded.omitted, path, text, arguments.diagnostics, color));
  stream.flush();
  return stream.error() != 0 && code == kExitSuccess ? kExitCantWrite : code;
}

}  // namespace corun
