// Where the secrets of a run come from. Knows nothing of expressions or of hiding them.
#pragma once

#include <string>
#include <vector>

#include "cli/color.h"
#include "expr/json.h"
#include "expr/variables.h"
#include "graph/job.h"

namespace corun {

/// A map by name of the secrets that `file` declares, and of those that `flags` (`--secret`) add or replace: `NAME` from the
/// environment, `NAME=@path` from a file, `NAME=-` from standard input, all without the line end at their end. Throws SetupError:
/// wrong usage for a literal, `undefined` for what isn't there.
Json read_secrets(const JobFile& file, const std::vector<std::string>& flags, const GetVariable& variable);

/// The names of those variables of the environment that `file` and `flags` take secrets from.
std::vector<std::string> secret_environment(const JobFile& file, const std::vector<std::string>& flags);

/// The same names with stand-ins for values: for what only looks at the file.
Json secret_stand_ins(const JobFile& file, const std::vector<std::string>& flags);

/// Puts stand-ins for the values of those variables of the environment that are secrets: for what only looks at the file.
void hide_secret_environment(VariableSources& sources);

}  // namespace corun
