// What jobs share in a plan: limits and breakers with their settings, and who is under them. Knows nothing of how they act.
#pragma once

#include <string>
#include <vector>

#include "graph/job.h"
#include "report/json_object.h"

namespace corun {

/// A line each, for those that some job is under: "limit `api`: 8 at once, 50 a second, burst 10; for pages, stock". Jobs in
/// `excluded` (by Job::id; may be empty) don't count.
std::vector<std::string> shared_words(const JobFile& file, const std::vector<bool>& excluded);

/// The same, of all of them, as members `limits` and `breakers` of the document whose text is `out`.
void append_shared(JsonObject& document, std::string& out, const JobFile& file, const std::vector<bool>& excluded);

}  // namespace corun
