// Job files for tests of the command line, built without YAML. Knows nothing of running.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "graph/job.h"

namespace corun {

/// Adds a job to a group; ids count up through `file`.
inline Job& add_job(JobGroup& group, std::uint32_t id, const std::string& name, std::vector<JobIndex> needs = {}) {
  Job job;
  job.id = id;
  job.name = name;
  job.action = std::make_unique<RunSpec>();
  job.policies = std::make_shared<Policies>();
  for (const JobIndex need : needs) job.needs.push_back(Need{need, EdgeCondition::succeeded, {}});
  group.jobs.push_back(std::move(job));
  return group.jobs.back();
}

/// A gather with these members, ids from `first_id`.
inline Action gather_of(std::uint32_t first_id, const std::string& prefix, const std::vector<std::string>& members) {
  auto gather = std::make_unique<GatherSpec>();
  gather->group = std::make_unique<JobGroup>();
  for (const std::string& member : members) add_job(*gather->group, first_id++, prefix + "/" + member);
  return gather;
}

}  // namespace corun
