// Puts the values of a graph's file together. Knows nothing of jobs.
#include "expr/graph_variables.h"

#include <algorithm>
#include <utility>

#include "expr/render.h"

namespace corun {
namespace {

bool has_expression(const Value& value) {
  if (value.kind == Value::Kind::string) return value.text.has_expression();
  return std::any_of(value.items.begin(), value.items.end(), has_expression) ||
         std::any_of(value.fields.begin(), value.fields.end(), [](const Field& field) { return has_expression(field.value); });
}

const Value* value_set(const GraphSpec& spec, std::string_view name) {
  const auto found = std::find_if(spec.vars.begin(), spec.vars.end(), [&](const Field& field) { return field.name == name; });
  return found == spec.vars.end() ? nullptr : &found->value;
}

}  // namespace

KnownVariables known_graph_variables(const GraphSpec& spec, const Variables& outer) {
  KnownVariables known;
  Json vars = Json::map();
  for (const auto& [name, value] : spec.file->vars) {
    const Value* set = value_set(spec, name);
    const Value& used = set != nullptr ? *set : value;
    if (has_expression(used)) {
      known.open.insert(name);
    } else {
      vars.set(name, Json::of(used));
    }
  }
  Variables::Environment environment = outer.environment();
  for (const NamedText& variable : spec.file->env) environment[variable.name] = variable.text.text;
  known.variables = Variables(std::move(vars), std::move(environment), Json());
  return known;
}

Variables graph_variables(const GraphSpec& spec, const Variables& outer, const Evaluator& names, const Programs& programs,
                          std::vector<ExpressionError>& errors) {
  Renderer given(names);
  const Variables around = seen_by_variables(outer);
  Context context;
  around.add_to(context);
  const ContextEvaluator evaluator(context, programs);
  Renderer own(evaluator);
  Json vars = Json::map();
  for (const auto& [name, value] : spec.file->vars) {
    const Value* set = value_set(spec, name);
    vars.set(name, set != nullptr ? given.value(*set) : own.value(value));
  }
  context.set("vars", vars);
  Variables::Environment environment = outer.environment();
  for (const NamedText& variable : spec.file->env) environment[variable.name] = own.text(variable.text);
  for (const Renderer* each : {&given, &own}) errors.insert(errors.end(), each->errors().begin(), each->errors().end());
  return Variables(std::move(vars), std::move(environment), Json());
}

Variables seen_by_variables(const Variables& outer) { return Variables(Json(), outer.environment(), Json()); }

void explain_variable_errors(std::vector<ExpressionError>& errors) {
  for (ExpressionError& error : errors) {
    if (error.kind != ExpressionError::Kind::undefined_variable) continue;
    error.kind = ExpressionError::Kind::misplaced;
    error.message = "a variable can't refer to another variable";
    error.label.clear();
    error.help = "it may refer to the environment: `.env.NAME`";
  }
}

}  // namespace corun
