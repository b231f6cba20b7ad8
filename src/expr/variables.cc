// Puts the values of a run together. Knows nothing of the command line's syntax.
#include "expr/variables.h"

#include "expr/check.h"
#include "expr/render.h"

namespace corun {
namespace {

// Checks expressions, then evaluates them if all is well: variables are few, so their programs are compiled by themselves.
class Resolver {
 public:
  Resolver(const Variables& known, bool only_checking, std::vector<ExpressionError>& errors)
      : only_checking_(only_checking), errors_(errors), check_(known, programs_, sites_), evaluator_(context_, programs_) {
    known.add_to(context_);
  }

  // Renders, first only to look, then with what programs give.
  template <typename Render>
  auto resolve(Render render) {
    sites_.clear();
    Renderer checked(check_);
    auto result = render(checked);
    std::vector<ExpressionError> problems = checked.errors();
    if (problems.empty() && !sites_.empty()) {
      problems = compile_programs(programs_, sites_);
      if (problems.empty() && !only_checking_) {
        Renderer renderer(evaluator_);
        result = render(renderer);
        problems = renderer.errors();
      }
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

 private:
  bool only_checking_;
  std::vector<ExpressionError>& errors_;
  Programs programs_;
  std::vector<ProgramSite> sites_;
  CheckEvaluator check_;
  Context context_;
  ContextEvaluator evaluator_;
};

}  // namespace

void Variables::add_to(Context& context) const {
  // Made when first asked for: a run without expressions needs no libjq.
  context.set("vars", Context::Make([this]() -> Result<Json> { return vars_.is_null() ? Json::map() : vars_; }));
  context.set("env", Context::Make([this]() -> Result<Json> {
                Json map = Json::map();
                for (const auto& [name, value] : environment_) map.set(name, Json::string(value));
                return map;
              }));
  context.set("secrets", Context::Make([this]() -> Result<Json> { return secrets_.is_null() ? Json::map() : secrets_; }));
}

Variables resolve_variables(const JobFile& file, VariableSources sources, std::vector<ExpressionError>& errors) {
  for (const auto& [name, value] : sources.overriding) sources.inherited[name] = value;
  const Variables outer(Json(), sources.inherited, sources.secrets);
  Json vars;
  if (!sources.set.empty() || !file.vars.empty()) {
    vars = Json::map();
    Resolver resolver(outer, sources.only_checking, errors);
    for (const auto& [name, value] : file.vars) {
      const auto set = sources.set.find(name);
      vars.set(name, set != sources.set.end() ? Json::of(set->second) : resolver.value(value));
    }
  }
  for (ExpressionError& error : errors) {
    if (error.kind != ExpressionError::Kind::undefined_variable) continue;
    error.kind = ExpressionError::Kind::misplaced;
    error.message = "a variable can't refer to another variable";
    error.label.clear();
    error.help = "it may refer to the environment: `.env.NAME`";
  }
  if (!file.env.empty()) {
    const Variables with_vars(vars, sources.inherited, sources.secrets);
    Resolver resolver(with_vars, sources.only_checking, errors);
    for (const NamedText& variable : file.env) {
      std::string value = variable.text.has_expression() ? resolver.text(variable.text) : variable.text.text;
      if (!sources.overriding.contains(variable.name)) sources.inherited[variable.name] = std::move(value);
    }
  }
  return Variables(std::move(vars), std::move(sources.inherited), std::move(sources.secrets));
}

}  // namespace corun
