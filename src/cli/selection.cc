// Which jobs of a file run. Knows nothing of argv.
#include "cli/selection.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "graph/groups.h"

namespace corun {
namespace {

void leave_out(const Job& job, std::vector<bool>& excluded) {
  excluded[job.id] = true;
  for_each_group(job, [&](const JobGroup& group) {
    for (const Job& member : group.jobs) leave_out(member, excluded);
  });
}

std::string no_match(std::string_view kind, std::string_view name, const std::vector<Job>& jobs) {
  std::string message = std::string(kind) + " `" + std::string(name) + "`";
  std::vector<std::string_view> names;
  for (const Job& job : jobs) names.push_back(job.name);
  if (const std::string_view similar = most_similar(name, names); !similar.empty()) {
    message += "; did you mean `" + std::string(similar) + "`?";
  }
  return message;
}

// Marks `names` and everything they need, over any number of steps.
std::optional<Error> mark_with_needs(const std::vector<Job>& jobs, const std::vector<std::string>& names,
                                     std::vector<bool>& marked) {
  std::unordered_map<std::string_view, JobIndex> by_name;
  for (JobIndex i = 0; i < jobs.size(); ++i) by_name.emplace(jobs[i].name, i);
  std::vector<JobIndex> open;
  for (const std::string& name : names) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) return Error{no_match("there is no job", name, jobs)};
    open.push_back(found->second);
  }
  while (!open.empty()) {
    const JobIndex index = open.back();
    open.pop_back();
    if (marked[index]) continue;
    marked[index] = true;
    for (const Need& need : jobs[index].needs) open.push_back(need.job);
  }
  return std::nullopt;
}

// Marks what any of `globs` matches.
std::optional<Error> mark_matches(const std::vector<Job>& jobs, const std::vector<std::string>& globs,
                                  std::vector<bool>& marked) {
  for (const std::string& glob : globs) {
    bool found = false;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!glob_match(glob, jobs[i].name)) continue;
      marked[i] = true;
      found = true;
    }
    if (!found) return Error{no_match("no job matches", glob, jobs)};
  }
  return std::nullopt;
}

}  // namespace

std::size_t count_jobs(const JobGroup& group) {
  std::size_t count = group.jobs.size();
  for (const Job& job : group.jobs) {
    for_each_group(job, [&](const JobGroup& members) { count += count_jobs(members); });
  }
  return count;
}

Result<std::vector<bool>> select_jobs(const JobFile& file, const SelectionSettings& settings) {
  const std::vector<Job>& jobs = file.top.jobs;
  if (settings.jobs.empty() && settings.only.empty() && settings.skip.empty()) return std::vector<bool>();
  std::vector<bool> wanted(jobs.size(), settings.jobs.empty());
  std::vector<bool> alone(jobs.size(), settings.only.empty());
  std::vector<bool> unwanted(jobs.size(), false);
  if (std::optional<Error> error = mark_with_needs(jobs, settings.jobs, wanted)) return *error;
  if (std::optional<Error> error = mark_matches(jobs, settings.only, alone)) return *error;
  if (std::optional<Error> error = mark_matches(jobs, settings.skip, unwanted)) return *error;

  std::vector<bool> excluded(count_jobs(file.top), false);
  bool any_left = false;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (wanted[i] && alone[i] && !unwanted[i]) {
      any_left = true;
    } else {
      leave_out(jobs[i], excluded);
    }
  }
  if (!any_left) return Error{"the selection leaves no job to run"};
  return excluded;
}

}  // namespace corun
