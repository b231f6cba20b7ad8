// The jobs of a file with those inside of groups, in one list: what `graph` and `ls` show. Knows nothing of how it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/job.h"

namespace corun {

/// A need, by its place in the list.
struct ListedNeed {
  std::uint32_t job = 0;
  EdgeCondition when = EdgeCondition::succeeded;
};

/// A job, member of a group or callback of a file.
struct ListedJob {
  const Job* job = nullptr;
  const JobFile* file = nullptr;  ///< that it is written in
  std::string id;                 ///< unique in the list: its name; of a file's callback `finally:NAME`
  std::int32_t parent = -1;       ///< the job that it is inside of, by its place in the list; -1: none
  std::string_view callback;      ///< of a file: "finally", "on_success", "on_failure"; "": it is none
  std::vector<ListedNeed> needs;  ///< without those that were left out
};

/// Jobs that stand side by side: of a file or group, or its callbacks of one kind.
struct ListedGroup {
  std::int32_t parent = -1;
  std::string_view callback;
  std::vector<std::uint32_t> jobs;
};

struct JobListing {
  const JobFile* file = nullptr;
  std::vector<ListedJob> jobs;      ///< as written; what is inside of a job follows it
  std::vector<ListedGroup> groups;  ///< none is empty; those inside of a job come after the one that it is in
};

/// Lists the jobs of `file` but those in `excluded` (by Job::id; may be empty). What fallbacks consist of isn't listed. `file`
/// must outlive what is given.
JobListing list_jobs(const JobFile& file, const std::vector<bool>& excluded);

/// Its wave from 1 for each job of the list: one more than the latest of its needs.
std::vector<std::uint32_t> waves_of(const JobListing& listing);

/// For each job of the list the groups that it consists of.
std::vector<std::vector<const ListedGroup*>> groups_inside(const JobListing& listing);

/// What kind of action: "run", "http", "sql", "gather", "graph", "sleep".
std::string_view action_kind(const Job& job);

/// What there is to say of a job but its needs, one phrase each: "gather any", "for each region", "if .vars.deploy", "finally".
std::vector<std::string> shape_words(const Job& job);

/// What it waits for: "build failed, any of a, b"; "": it is only one job's success, or nothing.
std::string needs_words(const JobListing& listing, const ListedJob& job);

}  // namespace corun
