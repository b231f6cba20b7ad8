// Splits a text at its `${{ … }}` expressions and reads each as a path. Knows nothing of URLs, shells or values' use.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "expr/variables.h"
#include "graph/value.h"

namespace corun {

/// Why an expression can't be used, and where in its text.
struct ExpressionError {
  enum class Kind { syntax, undefined_variable, undefined_environment, unknown_name, wrong_type, misplaced };
  Kind kind = Kind::syntax;
  std::string message;     ///< "undefined variable `apy`"
  std::string label;       ///< "did you mean `api`?"; may be empty
  std::string help;        ///< may be empty
  std::size_t offset = 0;  ///< of the expression in the text, in bytes
  std::size_t length = 0;  ///< of the expression with its braces
  Place place{};           ///< of the text that holds it
};

/// One expression: a path such as `.vars.api.hosts[0]`, a program of jq that needs no jq.
struct Expression {
  std::string source;                                 ///< between the braces, trimmed
  std::vector<std::variant<std::string, long>> path;  ///< fields and indices
  bool raw = false;                                   ///< `| raw`: not encoded in a URL
  std::size_t offset = 0;                             ///< of `${{` in the text
  std::size_t length = 0;                             ///< up to and with `}}`
};

/// A literal text, or an expression.
using Segment = std::variant<std::string, Expression>;

/// A `T`, or what is wrong with the expression it needs.
template <typename T>
using Evaluated = std::variant<T, ExpressionError>;

/// Splits `text`. Without any expression: one literal (none if the text is empty).
Evaluated<std::vector<Segment>> parse_template(std::string_view text);

/// The value an expression gives, as jq would: null where a field or element is missing below the first name, an error
/// where the variable itself doesn't exist or a scalar is indexed.
Evaluated<Value> evaluate(const Expression& expression, const Variables& variables);

/// A value inside text: strings raw, the rest as JSON.
std::string to_text(const Value& value);

}  // namespace corun
