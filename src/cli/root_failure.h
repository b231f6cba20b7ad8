// Which process made a run fail, and by what exit code. Knows nothing of how jobs are run.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/job_result.h"
#include "graph/job.h"
#include "report/report.h"

namespace corun {

/// Notes how the first failed item of each loop ended, of which results by job say nothing.
class ItemFailures : public Report {
 public:
  void job_state(const JobStateChange& change) override;
  /// The end of the first item of `job` that failed, or of a job inside of it; null: none did.
  const Outcome* find(const Job& job) const;

 private:
  std::unordered_map<std::uint32_t, Outcome> first_;  // by Job::id of the job as written
};

/// The exit code of the process by which the first job failed: of a group, its first member that did. 128+n if signal n ended it;
/// 0: it was no process, or none failed. `results` by Job::id; `excluded` the same, or empty.
int root_exit_code(const JobFile& file, const std::vector<JobResult>& results, const std::vector<bool>& excluded,
                   const ItemFailures& items);

}  // namespace corun
