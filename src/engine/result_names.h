// Which names of a result the expressions around a job can use. Knows nothing of the results themselves.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "expr/check.h"
#include "graph/job.h"

namespace corun {

/// The ResultParts that `.jobs.NAME.PART` looks at; "": all of them.
std::uint16_t part_of(std::string_view part);

/// What `expect`, `outputs` and `until` of `job` see of its result.
std::vector<std::string_view> result_names(const Job& job);

/// Whether the body of the response goes into a file, where no expression sees it.
bool saves_body(const Job& job);

/// Those of them that mustn't be used in `key` of `job`, with the reason: names of `items` around it, which could mean either,
/// and what is empty since `save` has the body.
std::vector<RefusedName> refused_names(const Job& job, const std::vector<std::string_view>& items, std::string_view key);

}  // namespace corun
