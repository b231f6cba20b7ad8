// Puts the values of a run together. Knows nothing of the command line's syntax.
#include "expr/variables.h"

#include <algorithm>
#include <set>

#include "expr/check.h"
#include "expr/graph_variables.h"
#include "expr/render.h"
#include "expr/secret_keeper.h"

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
    given_ = Taint::none;
    Renderer checked(check_);
    auto result = render(checked);
    std::vector<ExpressionError> problems = checked.errors();
    if (problems.empty() && !sites_.empty()) problems = compile_programs(programs_, sites_);
    if (problems.empty() && !only_checking_) {
      const ContextEvaluator evaluator(context_, programs_);
      Renderer renderer(evaluator);
      result = render(renderer);
      problems = renderer.errors();
      given_ = evaluator.given();
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
  /// How what was given last has to do with secrets.
  Taint given() const { return given_; }

 private:
  bool only_checking_;
  std::vector<ExpressionError>& errors_;
  Programs programs_;
  std::vector<ProgramSite> sites_;
  CheckEvaluator check_;
  Context context_;
  Taint given_ = Taint::none;
};

std::vector<std::string> named_environment(const JobFile& file, const VariableSources& sources) {
  std::set<std::string> names;
  for (const auto& [name, value] : file.dotenv_values) names.insert(name);
  for (const auto& [name, value] : sources.overriding) names.insert(name);
  for (const NamedText& variable : file.env) names.insert(variable.name);
  return {names.begin(), names.end()};
}

}  // namespace

void Variables::taint(std::string_view root, std::string_view name, Taint taint) {
  if (taint != Taint::none) tainted_.push_back({std::string(root), std::string(name), taint});
}

void Variables::take_taints(std::string_view root, const Variables& other) {
  for (const Tainted& each : other.tainted_) {
    if (each.root == root) tainted_.push_back(each);
  }
}

bool Variables::is_tainted(std::string_view root, std::string_view name) const {
  return std::any_of(tainted_.begin(), tainted_.end(),
                     [&](const Tainted& each) { return each.taint == Taint::derived && each.root == root && each.name == name; });
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
  for (const Tainted& each : tainted_) context.taint(each.root, each.name, each.taint);
}

Variables resolve_variables(const JobFile& file, VariableSources sources, std::vector<ExpressionError>& errors) {
  for (const auto& [name, value] : sources.overriding) sources.inherited[name] = value;
  // What was set from outside may hold a secret, too.
  const auto holds = [&](const Json& value) {
    return sources.keeper != nullptr && sources.keeper->finds_in(value) ? Taint::holds : Taint::none;
  };
  std::map<std::string, Taint, std::less<>> environment_taints;
  for (const auto& [name, value] : sources.inherited) {
    if (sources.keeper != nullptr) environment_taints[name] = holds(Json::string(value));
  }
  for (const std::string& name : sources.secret_environment) environment_taints[name] = Taint::derived;
  const auto taint_environment = [&](Variables& variables) {
    for (const auto& [name, taint] : environment_taints) variables.taint("env", name, taint);
  };

  Variables outer(Json(), sources.inherited, sources.secrets, sources.keeper);
  taint_environment(outer);
  std::map<std::string, Taint, std::less<>> taints;
  Json vars;
  if (!sources.set.empty() || !file.vars.empty()) {
    vars = Json::map();
    Resolver resolver(outer, sources.only_checking, errors);
    for (const auto& [name, value] : file.vars) {
      const auto set = sources.set.find(name);
      Json resolved = set != sources.set.end() ? Json::of(set->second) : resolver.value(value);
      taints[name] = std::max(holds(resolved), set == sources.set.end() ? resolver.given() : Taint::none);
      vars.set(name, std::move(resolved));
    }
  }
  explain_variable_errors(errors);
  const auto taint_vars = [&](Variables& variables) {
    for (const auto& [name, taint] : taints) variables.taint("vars", name, taint);
  };
  Variables with_vars(std::move(vars), sources.inherited, sources.secrets, sources.keeper);
  taint_vars(with_vars);
  taint_environment(with_vars);
  std::vector<std::string> named = named_environment(file, sources);
  if (file.env.empty()) {
    with_vars.set_named_environment(std::move(named));
    return with_vars;
  }

  Resolver resolver(with_vars, sources.only_checking, errors);
  for (const NamedText& variable : file.env) {
    std::string value = variable.text.has_expression() ? resolver.text(variable.text) : variable.text.text;
    if (sources.overriding.contains(variable.name)) continue;
    sources.inherited[variable.name] = std::move(value);
    environment_taints[variable.name] = variable.text.has_expression() ? resolver.given() : Taint::none;
  }
  Variables all(with_vars.vars(), std::move(sources.inherited), std::move(sources.secrets), sources.keeper);
  taint_vars(all);
  taint_environment(all);
  all.set_named_environment(std::move(named));
  return all;
}

}  // namespace corun
