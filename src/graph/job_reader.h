// Reads jobs, groups of jobs and their actions. Knows nothing of how jobs run.
#pragma once

#include <memory>
#include <string_view>

#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

/// Reads the map of jobs `map` into `group`; `prefix` ("" or "group/") comes before the names. Ids are given in the order
/// of the file, a group before its members.
void read_group(Reader& reader, NodeId map, std::string_view prefix, JobGroup& group);

/// `run`: a script or an argv.
std::unique_ptr<RunSpec> read_run(Reader& reader, NodeId node);

/// Reports that a fallback or a callback has no action, or two.
void check_one_action(Reader& reader, NodeId node, Scope scope);

/// Reads the map `node` of defaults, for what is wrong with it, and keeps it for the jobs.
void read_defaults(Reader& reader, NodeId node);

}  // namespace corun
