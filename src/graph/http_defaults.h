// What the defaults of requests mean for one request. Knows nothing of YAML or of how requests are sent.
#pragma once

#include <memory>
#include <string_view>

#include "graph/job.h"

namespace corun {

/// Whether two names are those of one header: case doesn't count.
bool same_header(std::string_view a, std::string_view b);

/// A request that says nothing itself yet, with those settings of `defaults` that it will replace where it does.
std::unique_ptr<HttpSpec> start_with(const HttpSpec& defaults);

/// Adds headers and query of `defaults` to a request that has been read, where it has none of the same name. A request's own
/// header counts more than a default key that comes to the same header (`auth`, `idempotency_key`, `cookies`), and the other way
/// round for the first two.
void complete(HttpSpec& spec, const HttpSpec& defaults);

}  // namespace corun
