// `corun check`. Knows nothing of running.
#include "cli/check_command.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "cli/cron_check.h"
#include "cli/exit_code.h"
#include "cli/expression_findings.h"
#include "cli/load_graph.h"
#include "report/output_stream.h"

namespace corun {

int check_command(const Arguments& arguments, const GetVariable& variable) {
  const LoadResult loaded = load_from_disk(arguments.file);
  std::vector<Diagnostic> findings = find_in_expressions(loaded);
  findings.insert(findings.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
  if (arguments.cron) {
    const char* path = variable("PATH");
    for (Diagnostic& finding : find_for_cron(loaded, path != nullptr ? path : "")) findings.push_back(std::move(finding));
  }
  const int code = exit_code_of(findings);
  const std::size_t omitted = loaded.omitted + keep_most(findings);

  const bool for_people = arguments.diagnostics == DiagnosticFormat::text;
  const int fd = for_people ? STDERR_FILENO : STDOUT_FILENO;
  const bool color = for_people && wants_color(arguments.color, ::isatty(fd) == 1, variable);
  OutputStream stream(fd);
  stream.append(render_all(findings, omitted, loaded.sources, arguments.diagnostics, color));
  if (for_people) stream.append(explanation_hint(findings));
  stream.flush();
  return stream.error() != 0 && code == kExitSuccess ? kExitCantWrite : code;
}

}  // namespace corun
