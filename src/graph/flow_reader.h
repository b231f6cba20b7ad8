// What the tables of data and control share with those of actions and files. Knows nothing of how jobs run.
#pragma once

#include <optional>
#include <vector>

#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

/// A text that is an expression by its key; a boolean will do, a number won't.
std::optional<Text> read_expression(Reader& reader, NodeId node);

/// The rules of an `outputs` map; of one of the file (no `has_result`), expressions alone.
std::optional<std::vector<OutputRule>> read_outputs(Reader& reader, NodeId node, bool has_result);

/// A gather's policy without members: its name, or a map. False: reported.
bool read_gather_policy(Reader& reader, NodeId node, GatherSpec& spec);

}  // namespace corun
