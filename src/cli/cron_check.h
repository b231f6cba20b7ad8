// What of a job file tends to break under cron: its directory, its PATH, its `%`. Knows nothing of running.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/diagnostic.h"
#include "graph/load.h"

namespace corun {

/// Warnings, in no order. `path`: the present PATH: what it finds and cron's doesn't would be missed there.
std::vector<Diagnostic> find_for_cron(const LoadResult& loaded, std::string_view path);

/// The words of a shell script that stand where a command does, each once, as far as that can be told line by line.
std::vector<std::string> command_words(std::string_view script);

}  // namespace corun
