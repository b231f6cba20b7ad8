// Puts the context of a run together. Knows nothing of the command line's syntax.
#include "expr/variables.h"

#include "expr/render.h"

namespace corun {
namespace {

// `value` with the expressions in its strings replaced; a string that is one expression keeps the value's type.
Value resolve(const Value& value, const Variables& variables, std::vector<ExpressionError>& errors) {
  Value out = value;
  if (value.kind == Value::Kind::string && value.text.has_expression()) {
    Evaluated<std::vector<Segment>> parsed = parse_template(value.text.text);
    const auto* segments = std::get_if<0>(&parsed);
    if (segments != nullptr && segments->size() == 1 && std::holds_alternative<Expression>(segments->front())) {
      Evaluated<Value> alone = evaluate(std::get<Expression>(segments->front()), variables);
      if (auto* result = std::get_if<Value>(&alone)) return std::move(*result);
    }
    Renderer renderer(variables);
    out.text.text = renderer.text(value.text);
    errors.insert(errors.end(), renderer.errors().begin(), renderer.errors().end());
  }
  for (Value& item : out.items) item = resolve(item, variables, errors);
  for (auto& field : out.fields) field.value = resolve(field.value, variables, errors);
  return out;
}

}  // namespace

Variables resolve_variables(const JobFile& file, Variables::Vars vars, Variables::Environment inherited,
                            const Variables::Environment& overriding, std::vector<ExpressionError>& errors) {
  for (const auto& [name, value] : overriding) inherited[name] = value;
  const Variables outer(Variables::Vars{}, inherited);
  for (const auto& [name, value] : file.vars) {
    if (!vars.contains(name)) vars[name] = resolve(value, outer, errors);
  }
  for (ExpressionError& error : errors) {
    if (error.kind != ExpressionError::Kind::undefined_variable) continue;
    error.kind = ExpressionError::Kind::misplaced;
    error.message = "a variable can't refer to another variable";
    error.help = "it may refer to the environment: `.env.NAME`";
  }
  const Variables with_vars(vars, inherited);
  Renderer renderer(with_vars);
  for (const NamedText& variable : file.env) {
    std::string value = renderer.text(variable.text);
    if (!overriding.contains(variable.name)) inherited[variable.name] = std::move(value);
  }
  errors.insert(errors.end(), renderer.errors().begin(), renderer.errors().end());
  return Variables(std::move(vars), std::move(inherited));
}

}  // namespace corun
