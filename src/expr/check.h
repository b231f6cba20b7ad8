// Judges expressions before anything runs: do the names exist, may they be used here, does the jq compile. Knows nothing of
// results.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/evaluator.h"
#include "expr/references.h"
#include "expr/variables.h"

namespace corun {

/// What a check puts where a secret will be.
inline constexpr std::string_view kSecretStandIn = "0corun0secret0";

/// How a reference to a job is judged.
struct JobReference {
  enum class Verdict { fine, unneeded, unknown, no_such_part };
  Verdict verdict = Verdict::fine;
  std::string message;  ///< of no_such_part
  std::string label;    ///< "did you mean `.jobs.login`?"
  std::string help;
};

/// A name at the top that would mislead, or is for another place, and why.
struct RefusedName {
  std::string_view name;
  std::string message;
  std::string label;
};

/// What the expressions of one place of a file can refer to.
struct VisibleNames {
  /// Names at the top besides vars, env, secrets and run: `page`, `attempt`, `status`.
  std::vector<std::string_view> roots;
  std::vector<RefusedName> refused;  ///< those of them that are errors nevertheless, and others with a reason of their own
  /// Told of each reference to `.jobs.NAME.PART.FIELD`; "" where the text leaves it open. If `certain` is false the verdict
  /// doesn't count.
  std::function<JobReference(const Reference& job, bool certain)> find_job;
  /// Told of each reference to `.previous.NAME`; null: no round comes before.
  std::function<JobReference(const Reference& previous)> find_previous;
  const Variables* variables = nullptr;  ///< the values known here; null: those of the file that is run
  /// Variables besides, whose values only the run will know; null: none.
  const std::set<std::string, std::less<>>* open = nullptr;
};

/// A variable, or a field of the environment, that an expression looks at.
struct Mention {
  std::string root;  ///< vars or env
  std::string name;  ///< "": any of them
};

/// Where jq programs are written, so that what is wrong with them can be placed.
struct ProgramSite {
  Expression expression;
  Place place;
};

/// Gives what is known already (variables, the environment), stand-ins for the rest, and errors for what can't be.
class CheckEvaluator final : public Evaluator {
 public:
  /// All must outlive this. Programs are added to `programs` and their places to `sites`.
  CheckEvaluator(const Variables& variables, Programs& programs, std::vector<ProgramSite>& sites)
      : variables_(variables), programs_(programs), sites_(sites) {}

  /// Says what is visible from here on.
  void set_names(VisibleNames names) { names_ = std::move(names); }
  /// Takes what was mentioned since the last time, in order.
  std::vector<Mention> take_mentions() { return std::exchange(mentions_, {}); }
  void at(Place place) const override { place_ = place; }
  Evaluated<Json> evaluate(const Expression& expression) const override;

 private:
  Evaluated<Json> check_path(const Expression& expression) const;
  Evaluated<Json> check_program(const Expression& expression) const;
  std::optional<ExpressionError> check_name(const Expression& expression, std::string_view root, std::string_view name) const;
  std::optional<ExpressionError> check_job(const Expression& expression, const Reference& job) const;
  std::optional<ExpressionError> check_previous(const Expression& expression, const Reference& previous) const;
  bool is_root(std::string_view name) const;
  std::optional<ExpressionError> check_root(const Expression& expression, const std::string& name) const;
  bool is_of_secret(std::string_view root, std::string_view name) const;
  ExpressionError unknown_root(const Expression& expression, const std::string& name) const;
  template <typename MakeNames>
  std::string suggestion(std::string_view name, MakeNames make_names, std::string_view prefix) const;

  const Variables& variables() const { return names_.variables != nullptr ? *names_.variables : variables_; }
  bool is_open(std::string_view variable) const { return names_.open != nullptr && names_.open->contains(variable); }
  std::vector<std::string> variable_names() const;

  void mention(std::string_view root, std::string_view name) const {
    if (root == "vars" || root == "env" || root == "index") mentions_.push_back({std::string(root), std::string(name)});
  }

  const Variables& variables_;
  Programs& programs_;
  std::vector<ProgramSite>& sites_;
  VisibleNames names_;
  mutable std::vector<Mention> mentions_;
  mutable Place place_{};
  mutable std::size_t comparisons_left_ = 200'000;  // names still compared for suggestions: keeps huge broken files fast
};

/// Compiles all programs; what is wrong with them, at their places.
std::vector<ExpressionError> compile_programs(Programs& programs, const std::vector<ProgramSite>& sites);

}  // namespace corun
