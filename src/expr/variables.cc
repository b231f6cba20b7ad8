// Puts the values of a run together. Knows nothing of the command line's syntax.
#include "expr/variables.h"

#include <algorithm>

#include "expr/check.h"
#include "expr/graph_variables.h"
#include "expr/render.h"

namespace corun {
namespace {

// Checks expressions, then evaluates them if all is well: variables are few, so their programs are compiled by themselves.
class Resolver {
 public:
  Resolver(const Variables& known, bool only_checking, std::vector<ExpressionError>& errors)
      : only_checking_(only_checking), errors_(errors), check_(known, programs_, sites_) {
    known.add_to(context_);
  }

  // Renders, first only to look, then for the values.
  template <typename Render>
  auto resolve(Render render) {
    sites_.clear();
    gave_secret_ = false;
    Renderer checked(check_);
    auto result = render(checked);
    std::vector<ExpressionError> problems = checked.errors();
    if (problems.empty() && !sites_.empty()) problems = compile_programs(programs_, sites_);
    if (problems.empty() && !only_checking_) {
      const ContextEvaluator evaluator(context_, programs_);
      Renderer renderer(evaluator);
      result = render(renderer);
      problems = renderer.errors();
      gave_secret_ = evaluator.gave_secret();
    }
    errors_.insert(errors_.end(), problems.begin(), problems.end());
    return result;
  }

  Json value(const Value& value) {
    return resolve([&](Renderer& renderer) { return renderer.value(value); });
  }
  std::string text(const Text& text) {
    return resolve([&](Renderer& renderer) { return renderer.text(text); });
  }
  /// Whether what was given last comes of a secret.
  bool gave_secret() const { return gave_secret_; }

 private:
  bool only_checking_;
  std::vector<ExpressionError>& errors_;
  Programs programs_;
  std::vector<ProgramSite> sites_;
  CheckEvaluator check_;
  Context context_;
  bool gave_secret_ = false;
};

}  // namespace

bool Variables::is_tainted(std::string_view root, std::string_view name) const {
  return std::any_of(tainted_.begin(), tainted_.end(),
                     [&](const auto& each) { return each.first == root && each.second == name; });
}

void Variables::add_to(Context& context) const {
  // Made when first asked for: a run without expressions needs no libjq.
  context.set("vars", Context::Make([this]() -> Result<Json> { return vars_.is_null() ? Json::map() : vars_; }));
  context.set("env", Context::Make([this]() -> Result<Json> {
                Json map = Json::map();
                for (const auto& [name, value] : environment_) map.set(name, Json::string(value));
                return map;
              }));
  context.set("secrets", Context::Make([this]() -> Result<Json> { return secrets_.is_null() ? Json::map() : secrets_; }));
  if (keeper_ == nullptr) return;
  context.set_keeper(keeper_);
  context.taint("secrets");
  for (const auto& [root, name] : tainted_) context.taint(root, name);
}

Variables resolve_variables(const JobFile& file, VariableSources sources, std::vector<ExpressionError>& errors) {
  for (const auto& [name, value] : sources.overriding) sources.inherited[name] = value;
  Variables outer(Json(), sources.inherited, sources.secrets, sources.keeper);
  std::vector<std::string> tainted;
  Json vars;
  if (!sources.set.empty() || !file.vars.empty()) {
    vars = Json::map();
    Resolver resolver(outer, sources.only_checking, errors);
    for (const auto& [name, value] : file.vars) {
      const auto set = sources.set.find(name);
      vars.set(name, set != sources.set.end() ? Json::of(set->second) : resolver.value(value));
      if (set == sources.set.end() && resolver.gave_secret()) tainted.push_back(name);
    }
  }
  explain_variable_errors(errors);
  Variables with_vars(std::move(vars), sources.inherited, sources.secrets, sources.keeper);
  for (const std::string& name : tainted) with_vars.taint("vars", name);
  if (file.env.empty()) return with_vars;

  Resolver resolver(with_vars, sources.only_checking, errors);
  std::vector<std::string> tainted_environment;
  for (const NamedText& variable : file.env) {
    std::string value = variable.text.has_expression() ? resolver.text(variable.text) : variable.text.text;
    if (sources.overriding.contains(variable.name)) continue;
    sources.inherited[variable.name] = std::move(value);
    if (variable.text.has_expression() && resolver.gave_secret()) tainted_environment.push_back(variable.name);
  }
  Variables all(with_vars.vars(), std::move(sources.inherited), std::move(sources.secrets), sources.keeper);
  for (const std::string& name : tainted) all.taint("vars", name);
  for (const std::string& name : tainted_environment) all.taint("env", name);
  return all;
}

}  // namespace corun
