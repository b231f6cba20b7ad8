// Reads HTTP requests. Knows nothing of jobs or of how requests are sent.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

/// `http`: a URL or a map. `default_headers` are sent unless the request has them itself.
std::unique_ptr<HttpSpec> read_http(Reader& reader, NodeId node, const std::vector<NamedText>& default_headers);

/// A map of header names to texts that can be sent.
std::optional<std::vector<NamedText>> read_headers(Reader& reader, NodeId node);

}  // namespace corun
