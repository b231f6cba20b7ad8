// The variables and the environment of a file that a graph names. Knows nothing of jobs.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "expr/evaluator.h"
#include "expr/variables.h"

namespace corun {

/// What is known of a graph's values before the run.
struct KnownVariables {
  Variables variables;                      ///< those that are known; a text stands for those of the environment that aren't
  std::set<std::string, std::less<>> open;  ///< variables that there are, but whose values only the run will know
};

/// Without evaluating anything. `outer`: the values of the file around it.
KnownVariables known_graph_variables(const GraphSpec& spec, const Variables& outer);

/// The values of a graph's file as it starts: `vars` of the graph, by `names`; the file's others, which may refer to the
/// environment; the environment of `outer`, below the file's `env`. What can't be evaluated is added to `errors`.
Variables graph_variables(const GraphSpec& spec, const Variables& outer, const Context& names, const Programs& programs,
                          std::vector<ExpressionError>& errors);

/// What the variables of a graph's file can refer to before the run: the environment and secrets, not each other.
Variables seen_by_variables(const GraphSpec& spec, const Variables& outer);

/// Says of errors in a file's `vars` that variables can't refer to each other, instead of that there are none.
void explain_variable_errors(std::vector<ExpressionError>& errors);

}  // namespace corun
