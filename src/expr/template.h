// Splits a text at its `${{ … }}` expressions and tells plain paths from programs. Knows nothing of values or their use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/value.h"

namespace corun {

/// Why an expression can't be used, and where in its text.
struct ExpressionError {
  enum class Kind {
    syntax,
    undefined_variable,
    undefined_environment,
    undefined_secret,
    unknown_name,
    wrong_type,
    misplaced,
    exposed_secret
  };
  Kind kind = Kind::syntax;
  std::string message;          ///< "undefined variable `apy`"
  std::string label;            ///< "did you mean `api`?"; may be empty
  std::string help;             ///< may be empty
  std::size_t offset = 0;       ///< of the expression in the text, in bytes
  std::size_t length = 0;       ///< of the expression with its braces
  std::string written = "${{";  ///< how what is at `offset` begins, to find it again in the file
  Place place{};                ///< of the text that holds it
  std::string key;              ///< of that text, where it is known: "headers.Accept"
};

/// One expression: a jq program. A plain path such as `.vars.api.hosts[0]` needs no jq.
struct Expression {
  std::string source;                                 ///< between the braces, trimmed, without `| raw`
  std::vector<std::variant<std::string, long>> path;  ///< fields and indices of a plain path; empty: a program
  bool raw = false;                                   ///< `| raw`: not encoded in a URL
  std::size_t offset = 0;                             ///< in the text: of `${{`, or of the bare expression
  std::size_t length = 0;                             ///< up to and with `}}`
  std::size_t source_offset = 0;                      ///< of `source`, in the text

  /// How it begins in the text.
  std::string_view written() const { return offset == source_offset ? std::string_view(source).substr(0, 20) : "${{"; }
  bool is_path() const { return !path.empty(); }
};

/// A literal text, or an expression.
using Segment = std::variant<std::string, Expression>;

/// A `T`, or what is wrong with the expression it needs.
template <typename T>
using Evaluated = std::variant<T, ExpressionError>;

/// Splits `text`. Without any expression: one literal (none if the text is empty).
Evaluated<std::vector<Segment>> parse_template(std::string_view text);

/// A text that is an expression by its key (`if`, `outputs`): bare, or in `${{ }}`.
Evaluated<Expression> parse_bare_expression(std::string_view text);

}  // namespace corun
