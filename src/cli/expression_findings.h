// Turns what is wrong with expressions into findings with their place in the file. Knows nothing of how expressions work.
#pragma once

#include <string_view>
#include <vector>

#include "expr/template.h"
#include "graph/diagnostic.h"
#include "graph/load.h"

namespace corun {

/// A finding an error, in the order of the file. `source` is the job file's text.
std::vector<Diagnostic> expression_findings(const std::vector<ExpressionError>& errors, std::string_view source);

/// What is wrong with the expressions of what was loaded, a partial file included, as far as the file and the environment
/// tell. A variable of the environment that isn't set here may be set where the file runs: only a warning.
std::vector<Diagnostic> find_in_expressions(const LoadResult& loaded, std::string_view source);

/// Whether the expression names something that isn't there, while its form is right (exit code 78 rather than 65).
bool is_undefined(const ExpressionError& error);

}  // namespace corun
