// Which job may go when: the state of a graph of jobs, pure data. Knows nothing of time, attempts or execution.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/outcome.h"
#include "graph/job.h"

namespace corun {

/// One thing to do next for a job.
struct PlanStep {
  JobIndex job = 0;
  bool skipped = false;  ///< it will never run, because of `blocker`; else it is ready
  JobIndex blocker = 0;  ///< the need that can't be met any more
};

/// The order of a group's jobs. Every job becomes ready once, or is skipped once; then the owner says how it ended.
/// Linear in jobs and edges over the whole run.
class Plan {
 public:
  /// `left_out[Job::id]`: not run; what needs it goes on as if it had succeeded. May be shorter: the others aren't left out.
  Plan(const JobGroup& group, const std::vector<bool>& left_out);

  /// What can go before anything has ended, in the order of the file.
  std::vector<PlanStep> begin();

  /// Job `job` has ended in `state` (final); with `failure_allowed` its dependents go on all the same. Adds what follows
  /// from it to `steps`; jobs that are skipped for it are ended here too, so only ready ones must be reported back.
  void ended(JobIndex job, JobState state, bool failure_allowed, std::vector<PlanStep>& steps);

  /// Jobs that have neither ended nor been skipped or left out.
  std::size_t remaining() const { return remaining_; }
  /// Neither ready, skipped nor left out yet.
  bool is_pending(JobIndex job) const { return nodes_[job].phase == Phase::pending; }
  /// Takes a job that is still pending out: it has ended without being ready (the group was stopped).
  void abandon(JobIndex job);

 private:
  enum class Phase : std::uint8_t { pending, decided };
  struct Node {
    std::uint32_t undecided = 0;  // needs whose end is still open
    std::uint32_t held = 0;       // needs that hold
    std::uint32_t wanted = 0;     // how many must hold
    Phase phase = Phase::pending;
  };
  struct Dependent {
    JobIndex job;
    EdgeCondition when;
  };

  void settle_need(JobIndex dependent, bool holds, JobIndex by, std::vector<PlanStep>& steps);
  void propagate(JobIndex job, JobState state, bool failure_allowed, std::vector<PlanStep>& steps);

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> first_dependent_;  // by job, into dependents_; one more at the end
  std::vector<Dependent> dependents_;
  std::vector<JobIndex> left_out_;
  std::size_t remaining_;
};

}  // namespace corun
