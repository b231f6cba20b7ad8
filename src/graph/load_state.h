// What is known of a job file while it is being read. Knows nothing of YAML.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/document.h"
#include "graph/job.h"
#include "graph/key_table.h"

namespace corun {

/// Settings that a job can have of its own or from `defaults:`; what Scope::defaults is read into.
struct JobSettings {
  Policies policies;
  std::optional<BreakerSettings> inline_breaker;  ///< of a `breaker:` that isn't a name
  Place breaker_place;
  ProcessOptions process;
  bool has_process = false;                              ///< something of `process` is set
  std::shared_ptr<const ProcessOptions> shared_process;  ///< of defaults: `process`, for jobs that add nothing to it
  std::shared_ptr<const HttpSpec> http;                  ///< from `defaults: {http: …}`; null: none
  std::optional<Text> sql_dsn;                           ///< from `defaults: {sql: {dsn}}`
  NodeId fallback = kNoNode;
  bool continue_on_error = false;
};

/// The jobs of the group being read.
struct Siblings {
  std::unordered_map<std::string_view, JobIndex> indices;
  std::vector<std::string_view> names;  ///< by index
  std::vector<NodeId> nodes;            ///< their names, by index
};

/// A job being read; what Scope::job is read into.
struct JobDraft {
  JobDraft(Job& result, JobIndex own_index, const Siblings& group, const JobSettings& start)
      : job(result), index(own_index), siblings(group), settings(start) {}

  Job& job;
  JobIndex index;  ///< in its group
  const Siblings& siblings;
  JobSettings settings;
  bool wrong_needs = false;  ///< some of its needs couldn't be read: their number says nothing
};

/// A fallback being read; what Scope::fallback is read into.
struct FallbackDraft {
  Action action;
  const JobSettings& settings;  ///< of its job
};

/// The file so far, and what its jobs refer to.
struct LoadState {
  JobFile file;
  std::map<std::string, std::uint32_t, std::less<>> limit_ids;
  std::map<std::string, std::uint32_t, std::less<>> breaker_ids;
  std::vector<NodeId> limit_nodes;  ///< their names, by index
  std::vector<NodeId> breaker_nodes;
  NodeId defaults = kNoNode;                         ///< the map under `defaults`
  KeyValues default_values{};                        ///< by Scope::defaults; filled once `defaults` has been read
  std::map<unsigned, JobSettings> default_settings;  ///< by the kinds of action of job and fallback
  std::unordered_map<std::string, std::shared_ptr<const Policies>> policies;  ///< by what is written about them
  std::uint32_t next_id = 0;
  std::uint32_t group_owner = kNoParent;  ///< the job whose group is being read
  bool has_no_verification = false;       ///< `verify: false` has been reported
};

}  // namespace corun
