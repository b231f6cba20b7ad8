// The expressions of one running job: what they see besides the group's names. Knows nothing of where values land.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/outcome.h"
#include "expr/evaluator.h"

namespace corun {

/// Adds `attempt`, `error` and `previous` to the names around a job. Nothing is made before the first expression asks.
class JobNames final : public Evaluator {
 public:
  /// Both must outlive this.
  JobNames(const Context& outer, const Programs& programs) : outer_(outer), programs_(programs) {}
  /// Of an attempt beside the one that has `other`.
  JobNames(const JobNames& other, std::uint32_t number)
      : outer_(other.outer_),
        programs_(other.programs_),
        attempt_(number),
        error_(other.error_),
        previous_(other.previous_),
        previous_holds_secret_(other.previous_holds_secret_) {}

  /// An attempt begins; `error` is what the one before came to.
  void begin_attempt(std::uint32_t number) {
    attempt_ = number;
    context_.reset();
  }
  /// An attempt has failed.
  void set_error(const Outcome& outcome) {
    error_ = outcome;
    context_.reset();
  }

  /// A round of `repeat` has ended well: what it gave is what the next one sees.
  void end_round(Json outputs, bool hold_secret) {
    previous_ = std::move(outputs);
    previous_holds_secret_ = hold_secret;
    context_.reset();
  }

  const Context& context() const;
  Evaluated<Json> evaluate(const Expression& expression) const override {
    const ContextEvaluator evaluator(context(), programs_);
    return evaluator.evaluate(expression);
  }

 private:
  const Context& outer_;
  const Programs& programs_;
  std::uint32_t attempt_ = 0;
  Outcome error_;
  Json previous_;
  bool previous_holds_secret_ = false;
  mutable std::optional<Context> context_;
};

}  // namespace corun
