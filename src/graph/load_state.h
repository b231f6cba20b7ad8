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
#include <unordered_set>
#include <vector>

#include "graph/diagnostic.h"
#include "graph/document.h"
#include "graph/job.h"
#include "graph/key_table.h"
#include "graph/load.h"

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
  std::uint64_t digest = 0;  ///< of defaults: of what results depend on
};

/// The jobs of the group being read.
struct Siblings {
  std::unordered_map<std::string_view, JobIndex> indices;
  std::vector<std::string_view> names;  ///< by index
  std::vector<NodeId> nodes;            ///< their names, by index
  std::string_view empty;               ///< the last one before the job being read that has nothing in it; "": none
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

/// What the files of one load have in common.
struct LoadShare {
  explicit LoadShare(const LoadOptions& load_options) : options(load_options) {}

  const LoadOptions& options;
  SourceTexts sources;                                       ///< by Place::file
  std::vector<Named<LimitSettings>> limits;                  ///< of all files
  std::vector<Named<BreakerSettings>> breakers;              ///< of all files
  std::unordered_map<std::string, std::uint32_t> limit_ids;  ///< by how they are named among those of all files
  std::unordered_map<std::string, std::uint32_t> breaker_ids;
  std::unordered_set<std::string> reported;  ///< what has been found in included files: code and place
  std::uint32_t next_id = 0;                 ///< Job::id
  std::size_t inclusions = 0;
  std::size_t included_bytes = 0;
};

/// A limit or breaker: its index among those of all files, and where its name is written.
struct NamedSettings {
  std::uint32_t index = 0;
  NodeId node = kNoNode;
};

/// By name.
using NamedSettingsIds = std::map<std::string, NamedSettings, std::less<>>;

/// The file so far, and what its jobs refer to.
struct LoadState {
  LoadState(LoadShare& load_share, std::uint32_t source_index, const LoadState* includer_state = nullptr)
      : share(load_share), source(source_index), includer(includer_state) {
    file.path = share.sources[source].path;
  }

  LoadShare& share;
  std::uint32_t source;       ///< among LoadShare::sources
  const LoadState* includer;  ///< null: it is the one that was asked for
  std::string prefix;         ///< of the names of its jobs: "" or "job/"
  JobFile file;
  NamedSettingsIds limit_ids;
  NamedSettingsIds breaker_ids;
  std::uint64_t digest = 0;                          ///< of the whole file as written
  NodeId defaults = kNoNode;                         ///< the map under `defaults`
  KeyValues default_values{};                        ///< by Scope::defaults; filled once `defaults` has been read
  std::map<unsigned, JobSettings> default_settings;  ///< by the kinds of action of job and fallback
  std::unordered_map<std::string, std::shared_ptr<const Policies>> policies;  ///< by what is written about them
  std::uint32_t group_owner = kNoParent;                                      ///< the job whose group is being read
  bool reading_callbacks = false;                                             ///< of the file, not of what is inside them
  bool has_no_verification = false;                                           ///< `verify: false` has been reported
};

}  // namespace corun
