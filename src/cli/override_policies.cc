// Changes the policies of all jobs. Knows nothing of argv.
#include "cli/override_policies.h"

#include <map>
#include <memory>

#include "graph/groups.h"

namespace corun {
namespace {

using Changed = std::map<const Policies*, std::shared_ptr<const Policies>>;

void change_group(JobGroup& group, std::uint32_t retries, Changed& changed) {
  for (Job& job : group.jobs) {
    for_each_group(job, [&](JobGroup& inside) { change_group(inside, retries, changed); });
    if (has_groups(job) || job.policies->retry.own) continue;
    std::shared_ptr<const Policies>& replacement = changed[job.policies.get()];  // jobs that share them go on sharing
    if (!replacement) {
      auto policies = std::make_shared<Policies>(*job.policies);
      policies->retry.attempts = retries + 1;
      replacement = std::move(policies);
    }
    job.policies = replacement;
  }
}

}  // namespace

void override_retries(JobFile& file, std::uint32_t retries) {
  Changed changed;
  for_each_group_of_file(file, [&](JobGroup& group) { change_group(group, retries, changed); });
}

}  // namespace corun
