// `corun plan`. Knows nothing of how a plan is put into words.
#include "cli/plan_command.h"

#include <unistd.h>

#include "cli/exit_code.h"
#include "report/output_stream.h"

namespace corun {

int plan_command(const Arguments& arguments, const LoadedGraph& graph) {
  OutputStream out(STDOUT_FILENO);
  out.append(arguments.output == OutputFormat::json ? plan_json(graph, arguments) : plan_text(graph, arguments));
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
