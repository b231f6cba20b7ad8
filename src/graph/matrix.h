// From `matrix` to the list of its combinations. Knows nothing of how they run.
#pragma once

#include <optional>

#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

/// The most combinations of one job.
inline constexpr std::size_t kMostCombinations = 10'000;

/// A foreach over the combinations of `node`: the product of its lists without those that `exclude` matches, extended and
/// followed by `include` (as GitHub Actions has it). Nothing, with what is wrong reported, if there is no such product.
std::optional<ForeachSpec> read_matrix(Reader& reader, NodeId node);

}  // namespace corun
