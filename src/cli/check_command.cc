// `corun check`. Knows nothing of running.
#include "cli/check_command.h"

#include <unistd.h>

#include <vector>

#include "cli/exit_code.h"
#include "cli/expression_findings.h"
#include "cli/read_file.h"
#include "graph/error_codes.h"
#include "graph/load.h"
#include "report/output_stream.h"

namespace corun {
namespace {

int exit_code(const std::vector<Diagnostic>& findings) {
  bool all_undefined = true;
  bool any = false;
  for (const Diagnostic& finding : findings) {
    if (finding.severity != Severity::error) continue;
    any = true;
    all_undefined = all_undefined && finding.code == code::kUndefined;
  }
  return !any ? kExitSuccess : all_undefined ? kExitUndefined : kExitInvalidFile;
}

}  // namespace

int check_command(const Arguments& arguments, const GetVariable& variable) {
  const std::string text = read_file(arguments.file);
  const std::string path = arguments.file == "-" ? "<stdin>" : arguments.file;
  const LoadResult loaded = load_job_file(path, text);
  std::vector<Diagnostic> findings = find_in_expressions(loaded, text);
  findings.insert(findings.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  const int code = exit_code(findings);
  const std::size_t omitted = loaded.omitted + keep_most(findings);

  const bool for_people = arguments.diagnostics == DiagnosticFormat::text;
  const int fd = for_people ? STDERR_FILENO : STDOUT_FILENO;
  const bool color = for_people && wants_color(arguments.color, ::isatty(fd) == 1, variable);
  OutputStream stream(fd);
  stream.append(render_all(findings, omitted, path, text, arguments.diagnostics, color));
  stream.flush();
  return stream.error() != 0 && code == kExitSuccess ? kExitCantWrite : code;
}

}  // namespace corun
