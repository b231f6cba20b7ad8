// What a result gives to others: outputs, and whether expressions hold over it. Knows nothing of how it came about.
#pragma once

#include "base/outcome.h"
#include "engine/attempt.h"
#include "engine/check_expressions.h"

namespace corun {

/// Whether what a process writes to CORUN_OUTPUT is of any use.
bool wants_outputs(const Expressions& expressions, const Job& job);

/// What of a result isn't as the expressions of `expect` want it; nothing if all is.
std::optional<Outcome> unmet_expectation(const Expressions& expressions, const AttemptRequest& request,
                                         const AttemptResult& result, Duration elapsed);

/// After an attempt: judges it by the expressions of `expect`, asks whether `repeat` is over, evaluates `outputs`, and sets
/// `result.data` to what others look at. What can't be evaluated makes a success a failure.
void take_data(const Expressions& expressions, const AttemptRequest& request, Duration elapsed, AttemptResult& result);

/// The outputs of a whole file. What can't be evaluated is null, with a word in `problems`.
Json evaluate_outputs(const Expressions& expressions, const std::vector<OutputRule>& rules, const Evaluator& evaluator,
                      std::vector<std::string>& problems);

/// A failure for what is wrong with an expression, with the line it is written at, and the file if it isn't the run's own.
Outcome failure_of(const Expressions& expressions, const ExpressionError& error, FailureKind kind = FailureKind::invalid_request);

}  // namespace corun
