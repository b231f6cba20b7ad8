// `corun plan`: what a run would do, for people or as JSON. Knows nothing of how anything is executed.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "cli/load_graph.h"

namespace corun {

/// Writes the plan of a loaded graph to standard output; gives the exit code.
int plan_command(const Arguments& arguments, LoadedGraph graph, const GetVariable& variable);

/// The plan for people.
std::string plan_text(const LoadedGraph& graph, const Arguments& arguments);
/// The plan as one JSON document with a line end.
std::string plan_json(const LoadedGraph& graph, const Arguments& arguments);

}  // namespace corun
