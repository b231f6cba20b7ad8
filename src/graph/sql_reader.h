// Reads SQL statements. Knows nothing of jobs or of how statements are carried out.
#pragma once

#include <memory>
#include <optional>

#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

/// `sql`: a map. `default_dsn` counts where the statement has no `dsn` of its own.
std::unique_ptr<SqlSpec> read_sql(Reader& reader, NodeId node, const std::optional<Text>& default_dsn);

}  // namespace corun
