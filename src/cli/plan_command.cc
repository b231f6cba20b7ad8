// `corun plan`. Knows nothing of how a plan is put into words.
#include "cli/plan_command.h"

#include <unistd.h>

#include <string>

#include "cli/exit_code.h"
#include "expr/check.h"
#include "report/output_stream.h"

namespace corun {

int plan_command(const Arguments& arguments, const LoadedGraph& graph) {
  OutputStream out(STDOUT_FILENO);
  std::string plan = arguments.output == OutputFormat::json ? plan_json(graph, arguments) : plan_text(graph, arguments);
  // Variables made of a secret hold its stand-in.
  for (std::size_t at = plan.find(kSecretStandIn); at != std::string::npos; at = plan.find(kSecretStandIn, at)) {
    plan.replace(at, kSecretStandIn.size(), "***");
  }
  out.append(plan);
  out.flush();
  return out.error() == 0 ? kExitSuccess : kExitCantWrite;
}

}  // namespace corun
