// From the command line's arguments to a graph ready to run: file, variables, selection. Knows nothing of running.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/usual_times.h"
#include "engine/check_expressions.h"
#include "expr/secret_keeper.h"
#include "expr/variables.h"
#include "graph/job.h"
#include "graph/load.h"

namespace corun {

/// A job file free of errors, with the values its expressions get and what was selected.
struct LoadedGraph {
  JobFile file;
  std::unique_ptr<SecretKeeper> keeper;  ///< null: there are no secrets
  std::vector<std::string> secrets;      ///< their values: for a CI system that hides them, too
  Variables variables;
  Expressions expressions;
  std::vector<bool> excluded;  ///< by Job::id; may be empty: none
  UsualTimes usual = {};       ///< of a plan: what is known for `hedge: {after: p95}`
};

/// Reads the job file at `path` (standard input for "-") and those that its graphs name. Throws SetupError if it can't be read.
LoadResult load_from_disk(const std::string& path);

/// The job file that `arguments` name, only to look at. Throws SetupError if it has errors or can't be read.
JobFile load_jobs(const Arguments& arguments, const GetVariable& variable);

/// As select_jobs. Throws SetupError.
std::vector<bool> selected_jobs(JobFile& file, const Arguments& arguments);

/// Loads what `arguments` asks for. Shows warnings on standard error. Throws SetupError with its exit code for anything that
/// keeps it from running, all findings of the file in one text.
LoadedGraph load_graph(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
