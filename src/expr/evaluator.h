// Gives expressions their values: at run time from a context, before it from what is known already. Knows nothing of where a
// value lands.
#pragma once

#include "expr/context.h"
#include "expr/json.h"
#include "expr/programs.h"
#include "expr/template.h"

namespace corun {

/// Whoever knows the value of an expression.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual Evaluated<Json> evaluate(const Expression& expression) const = 0;
  /// The most that a value given so far has to do with secrets.
  virtual Taint given() const { return Taint::none; }
  /// Whether values only stand for what they will be, for people: nothing is encoded or refused for their sake.
  virtual bool for_display() const { return false; }
  /// Said before the expressions of a text: where it is written.
  virtual void at(Place /*place*/) const {}
};

/// Evaluates in a context: plain paths by itself, with jq's results and without jq; anything else by the compiled programs.
class ContextEvaluator final : public Evaluator {
 public:
  /// Both must outlive this.
  ContextEvaluator(const Context& context, const Programs& programs) : context_(context), programs_(programs) {}
  /// What comes of a secret is hidden from then on.
  Evaluated<Json> evaluate(const Expression& expression) const override;
  Taint given() const override { return given_; }

 private:
  Evaluated<Json> find_value(const Expression& expression) const;
  Taint taint_of(const Expression& expression) const;

  const Context& context_;
  const Programs& programs_;
  mutable Taint given_ = Taint::none;
};

/// `value` followed down `path` from part `first` on, as jq does: null where there is nothing, an error where the kind of a
/// value doesn't allow the step.
Evaluated<Json> follow_path(Json value, const Expression& expression, std::size_t first);

/// The path's first `count` parts, for messages: `.jobs.a`.
std::string path_text(const Expression& expression, std::size_t count);

/// An error at `expression`.
ExpressionError expression_error(const Expression& expression, ExpressionError::Kind kind, std::string message,
                                 std::string label = {}, std::string help = {});

}  // namespace corun
