// Expressions for people, before a run: what is known already, and the rest as it is written. Knows nothing of where it is shown.
#pragma once

#include "expr/evaluator.h"
#include "expr/variables.h"

namespace corun {

/// Gives variables and the environment; secrets as `***`; whatever only the run will know as `${{ … }}`.
class DisplayEvaluator final : public Evaluator {
 public:
  /// `variables` must outlive this.
  explicit DisplayEvaluator(const Variables& variables) : variables_(variables) {}
  Evaluated<Json> evaluate(const Expression& expression) const override;
  bool for_display() const override { return true; }

 private:
  const Variables& variables_;
};

}  // namespace corun
