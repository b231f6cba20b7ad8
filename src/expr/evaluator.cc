// Following paths as jq does. Knows nothing of where a value lands.
#include "expr/evaluator.h"

#include <algorithm>

#include "base/text.h"
#include "expr/references.h"
#include "expr/secret_keeper.h"

namespace corun {
namespace {

constexpr std::size_t kMostShown = 60;  // bytes of a value in a message

std::string shown(const Json& value) {
  const std::string text = value.dump();
  return std::string(cut_text(text, kMostShown)) + (text.size() > kMostShown ? "…" : "");
}

// Whether jq speaks only of kinds: values are in parentheses or quotes, unless the program says itself what is wrong.
bool quotes_nothing(const ExpressionError& error, const Expression& expression) {
  if (expression.source.find("error") != std::string::npos) return false;
  constexpr std::string_view kNothing = "(null)";
  std::string words = error.message.substr(std::min(expression.source.size() + 2, error.message.size()));  // behind the program
  for (std::size_t at = words.find(kNothing); at != std::string::npos; at = words.find(kNothing))
    words.erase(at, kNothing.size());
  return words.find_first_of("(\"'") == std::string::npos;
}

}  // namespace

ExpressionError expression_error(const Expression& expression, ExpressionError::Kind kind, std::string message, std::string label,
                                 std::string help) {
  ExpressionError error;
  error.kind = kind;
  error.message = std::move(message);
  error.label = std::move(label);
  error.help = std::move(help);
  error.offset = expression.offset;
  error.length = expression.length;
  error.written = expression.written();
  return error;
}

std::string path_text(const Expression& expression, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* field = std::get_if<std::string>(&expression.path[i])) {
      text += '.' + *field;
    } else {
      text += '[' + std::to_string(std::get<long>(expression.path[i])) + ']';
    }
  }
  return text;
}

Evaluated<Json> follow_path(Json value, const Expression& expression, std::size_t first) {
  for (std::size_t i = first; i < expression.path.size(); ++i) {
    if (value.is_null()) return value;
    const auto* field = std::get_if<std::string>(&expression.path[i]);
    if (field != nullptr ? !value.is_map() : !value.is_list()) {
      return expression_error(expression, ExpressionError::Kind::wrong_type,
                              "`" + path_text(expression, i) + "` is " + shown(value) + ": can't index " +
                                  to_string(value.kind()) + " with " +
                                  (field != nullptr ? json_string(*field) : std::string("a number")));
    }
    if (field != nullptr) {
      value = value.get(*field);
      continue;
    }
    long index = std::get<long>(expression.path[i]);
    if (index < 0) index += static_cast<long>(value.size());
    value = index < 0 ? Json() : value.at(static_cast<std::size_t>(index));
  }
  return value;
}

Evaluated<Json> ContextEvaluator::evaluate(const Expression& expression) const {
  Evaluated<Json> value = find_value(expression);
  SecretKeeper* keeper = context_.keeper();
  if (keeper == nullptr) return value;
  Taint taint = taint_of(expression);
  if (taint == Taint::none) return value;
  const auto* json = std::get_if<Json>(&value);
  if (taint == Taint::holds) {
    // A path leads to a part of it, where the secret may not be; a program may have made anything of it.
    if (!expression.is_path()) taint = Taint::derived;
    if (expression.is_path() && json != nullptr && !keeper->finds_in(*json)) taint = Taint::none;
  }
  given_ = std::max(given_, taint);
  if (taint == Taint::derived && json != nullptr) keeper->hide(*json);
  if (json != nullptr || expression.is_path() || quotes_nothing(std::get<ExpressionError>(value), expression)) return value;
  // jq's words quote what it has made of the secret so far.
  return expression_error(expression, ExpressionError::Kind::wrong_type,
                          "`" + expression.source + "`: jq failed; what it says isn't shown, as it may quote a secret");
}

// As far as its text tells; errs on the side of more.
Taint ContextEvaluator::taint_of(const Expression& expression) const {
  if (expression.is_path()) {
    const auto* root = std::get_if<std::string>(&expression.path[0]);
    const auto* name = expression.path.size() > 1 ? std::get_if<std::string>(&expression.path[1]) : nullptr;
    return root == nullptr ? Taint::none : context_.taint_of(*root, name != nullptr ? *name : "");
  }
  // Names of items have no fixed roots.
  Taint most = context_.taint_of_names_in(expression.source);
  for (const Reference& reference : find_references(expression.source)) {
    most = std::max(most, context_.taint_of(reference.root, reference.name));
  }
  return most;
}

Evaluated<Json> ContextEvaluator::find_value(const Expression& expression) const {
  const auto fail = [&](const std::string& message) {
    return expression_error(expression, ExpressionError::Kind::wrong_type, "`" + expression.source + "`: " + message);
  };
  if (!expression.is_path()) {
    const Result<Json> input = context_.input_of(expression.source);
    if (!input) return fail(input.error().message);
    Result<Json> value = programs_.run(expression.source, *input);
    if (!value) return fail(value.error().message);
    return std::move(*value);
  }
  const auto* root = std::get_if<std::string>(&expression.path[0]);
  if (root == nullptr) return fail("can't index object with a number");
  Context::Found found = context_.find(*root);
  if (!found) return fail(found.error().message);
  return follow_path(found->value_or(Json()), expression, 1);
}

}  // namespace corun
