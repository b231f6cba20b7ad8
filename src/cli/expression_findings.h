// Turns what is wrong with expressions into findings with their place in the file. Knows nothing of how expressions work.
#pragma once

#include <vector>

#include "expr/template.h"
#include "graph/diagnostic.h"
#include "graph/load.h"

namespace corun {

/// A finding an error, in the order of the files. `sources`: the files of the load.
std::vector<Diagnostic> expression_findings(const std::vector<ExpressionError>& errors, const SourceTexts& sources);

/// What is wrong with the expressions of what was loaded, a partial file included, as far as the file and the environment
/// tell. A variable of the environment that isn't set here may be set where the file runs: only a warning.
std::vector<Diagnostic> find_in_expressions(const LoadResult& loaded);

/// The exit code that findings lead to: 0 without errors, 78 if all errors are names that aren't there, else 65.
int exit_code_of(const std::vector<Diagnostic>& findings);

}  // namespace corun
