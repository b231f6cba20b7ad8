// A statement's parameter, from JSON to PostgreSQL's text format. Knows nothing of connections.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace corun {

/// What is sent for the JSON text `json`: nothing (NULL) for null, a string's characters, anything else as it is written.
std::optional<std::string> sql_parameter(std::string_view json);

}  // namespace corun
