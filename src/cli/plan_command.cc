// `corun plan`. Knows nothing of how a plan is put into words.
#include "cli/plan_command.h"

#include <unistd.h>

#include <memory>
#include <string>

#include "cli/exit_code.h"
#include "cli/resume.h"
#include "cli/usual_times.h"
#include "expr/check.h"
#include "report/output_stream.h"
#include "state/database.h"
#include "state/store.h"

namespace corun {

namespace {

// Of earlier runs, where there are any. The state is only looked at.
UsualTimes known_times(const Arguments& arguments, const JobFile& file, const GetVariable& variable) {
  if (!wants_usual_times(file)) return {};
  const std::string directory = state_directory(arguments, variable);
  std::unique_ptr<Database> database;
  try {
    if (!directory.empty() && ::access((directory + "/corun.db").c_str(), R_OK) == 0) database = open_database(directory);
    UsualTimes usual = usual_times(database.get(), known_file(arguments.file), file);
    usual.has_state = !directory.empty();
    return usual;
  } catch (const DatabaseError&) {
    return {};
  }
}

}  // namespace

int plan_command(const Arguments& arguments, LoadedGraph graph, const GetVariable& variable) {
  graph.usual = known_times(arguments, graph.file, variable);
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
