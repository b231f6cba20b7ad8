// Which jobs of a file run: names with all they need, and globs. Knows nothing of argv.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "graph/job.h"

namespace corun {

/// What was asked for; everything empty is all jobs. Each list that isn't empty leaves those that it means, and only what all
/// lists leave is run.
struct SelectionSettings {
  std::vector<std::string> jobs;   ///< names: these and all they need
  std::vector<std::string> only;   ///< globs: these alone, whatever they need
  std::vector<std::string> skip;   ///< globs: not these
  std::vector<std::string> from;   ///< globs: these and all that needs them, over any number of steps
  std::vector<std::string> until;  ///< globs: these and all they need
  std::vector<std::string> tags;   ///< globs: those with such a tag alone, whatever they need

  bool operator==(const SelectionSettings&) const = default;
};

/// By Job::id whether a job is left out; a group's inside follows its group. Empty if none is. Combinations of a matrix can be
/// named like jobs: those that are left out are taken out of `file`. An error (exit code 66) if a name, glob or tag matches
/// nothing at the top level, or nothing is left.
Result<std::vector<bool>> select_jobs(JobFile& file, const SelectionSettings& settings);

/// How many jobs the file has, the insides of groups included.
std::size_t count_jobs(const JobGroup& group);

}  // namespace corun
