// Which jobs of a file run: names with all they need, and globs. Knows nothing of argv.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "graph/job.h"

namespace corun {

/// What was asked for; everything empty is all jobs.
struct SelectionSettings {
  std::vector<std::string> jobs;  ///< names: these and all they need
  std::vector<std::string> only;  ///< globs: these alone, whatever they need
  std::vector<std::string> skip;  ///< globs: not these
};

/// By Job::id whether a job is left out; a group's inside follows its group. Empty if none is. Combinations of a matrix can be
/// named like jobs: those that are left out are taken out of `file`. An error (exit code 66) if a name or glob matches nothing at
/// the top level, or nothing is left.
Result<std::vector<bool>> select_jobs(JobFile& file, const SelectionSettings& settings);

/// How many jobs the file has, the insides of groups included.
std::size_t count_jobs(const JobGroup& group);

}  // namespace corun
