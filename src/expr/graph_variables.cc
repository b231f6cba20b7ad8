// Puts the values of a graph's file together. Knows nothing of jobs.
#include "expr/graph_variables.h"

#include <algorithm>
#include <utility>

#include "expr/check.h"
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

// The environment that secrets come from is one itself.
void hide_sources(const JobFile& file, Variables::Environment& environment) {
  for (const SecretSource& secret : file.secrets) {
    if (!secret.is_file) environment[secret.source] = kSecretStandIn;
  }
}

// The file's secrets, before a run.
Json secret_stand_ins(const JobFile& file) {
  if (file.secrets.empty()) return Json();
  Json secrets = Json::map();
  for (const SecretSource& secret : file.secrets) secrets.set(secret.name, Json::string(kSecretStandIn));
  return secrets;
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
  for (const auto& [name, value] : spec.file->dotenv_values) environment[name] = value;
  hide_sources(*spec.file, environment);
  for (const NamedText& variable : spec.file->env) environment[variable.name] = variable.text.text;
  known.variables = Variables(std::move(vars), std::move(environment), secret_stand_ins(*spec.file), outer.keeper());
  return known;
}

Variables graph_variables(const GraphSpec& spec, const Variables& outer, const Context& names, const Programs& programs,
                          std::vector<ExpressionError>& errors) {
  Json secrets;
  if (!spec.file->secret_values.empty()) secrets = Json::map();
  for (const auto& [name, value] : spec.file->secret_values) secrets.set(name, Json::string(value));
  Variables::Environment environment = outer.environment();
  for (const auto& [name, value] : spec.file->dotenv_values) environment[name] = value;
  Variables variables(Json(), std::move(environment), std::move(secrets), outer.keeper());
  variables.take_taints("env", outer);
  for (const SecretSource& secret : spec.file->secrets) {
    if (!secret.is_file) variables.taint("env", secret.source);
  }
  const auto resolve = [&](std::string_view root, const std::string& name, const Context& context, auto render) {
    const ContextEvaluator evaluator(context, programs);
    Renderer renderer(evaluator);
    auto result = render(renderer);
    errors.insert(errors.end(), renderer.errors().begin(), renderer.errors().end());
    variables.taint(root, name, evaluator.given());
    return result;
  };
  Json vars = Json::map();
  {
    Context own;
    variables.add_to(own);
    for (const auto& [name, written] : spec.file->vars) {
      const Value* set = value_set(spec, name);
      const Value& value = set != nullptr ? *set : written;
      vars.set(name, resolve("vars", name, set != nullptr ? names : own, [&](Renderer& it) { return it.value(value); }));
    }
  }
  variables.set_vars(std::move(vars));
  Context context;
  variables.add_to(context);
  environment = variables.environment();
  for (const NamedText& variable : spec.file->env) {
    environment[variable.name] = resolve("env", variable.name, context, [&](Renderer& it) { return it.text(variable.text); });
  }
  variables.set_environment(std::move(environment));
  return variables;
}

Variables seen_by_variables(const GraphSpec& spec, const Variables& outer) {
  Variables::Environment environment = outer.environment();
  for (const auto& [name, value] : spec.file->dotenv_values) environment[name] = value;
  hide_sources(*spec.file, environment);
  return Variables(Json(), std::move(environment), secret_stand_ins(*spec.file), outer.keeper());
}

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
