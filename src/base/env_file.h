// Reads files of KEY=VALUE lines. Knows nothing of processes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace corun {

/// Names and values in the order of the file.
using NamesAndValues = std::vector<std::pair<std::string, std::string>>;

/// Reads `text`: `KEY=VALUE` lines, an `export ` before it, empty lines, `#` comments (also behind a value, after a blank).
/// 'single' quotes keep everything; "double" quotes know \n \r \t \\ \" \$ and \` ; both may hold line ends. Nothing is
/// expanded. Errors are `path:line: what is wrong`.
Result<NamesAndValues> parse_env_file(std::string_view path, std::string_view text);

/// Whether `name` can be a variable of the environment: [A-Za-z_][A-Za-z0-9_]*.
bool is_variable_name(std::string_view name);

}  // namespace corun
