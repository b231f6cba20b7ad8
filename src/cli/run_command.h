// `corun run`: wires the parts of a run together. Knows nothing of argv or YAML.
#pragma once

#include "cli/arguments.h"
#include "cli/load_graph.h"

namespace corun {

/// How a command ended: an exit code, or a signal to die by.
struct CommandEnd {
  int exit_code = 0;
  int signal = 0;  ///< 0: none
};

/// Runs a loaded graph and reports it.
CommandEnd run_command(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable);

}  // namespace corun
