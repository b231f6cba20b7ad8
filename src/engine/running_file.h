// A job file whose jobs are running: the run's own, or that of a graph. Knows nothing of any one job.
#pragma once

#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/variables.h"
#include "graph/job.h"

namespace corun {

/// What the jobs of a running file have in common.
struct RunningFile {
  /// Both must outlive this.
  RunningFile(const JobFile& running_file, const Variables& values) : file(running_file), variables(values) {
    variables.add_to(names);
  }

  const JobFile& file;
  const Variables& variables;
  Context names;                         ///< what the expressions of every job see
  std::vector<std::string> environment;  ///< `NAME=value` for its processes, besides those of the run
};

}  // namespace corun
