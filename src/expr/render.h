// Texts with their expressions replaced by values, fit for where they land: plain text, JSON, a URL. Knows nothing of requests or
// processes.
#pragma once

#include <string>
#include <vector>

#include "expr/shell.h"
#include "expr/template.h"

namespace corun {

/// `text` with every expression replaced: strings raw, the rest as JSON.
Evaluated<std::string> render_text(const Text& text, const Variables& variables);

/// `value` as JSON, expressions in its strings replaced; a string that is one expression keeps the value's type.
Evaluated<std::string> render_json(const Value& value, const Variables& variables);

/// A URL: an expression at its start is taken as it is (a base URL), one in the host must be a host (and port), one in
/// the path is encoded as one segment, one in the query or fragment as one value; `| raw` opts out.
Evaluated<std::string> render_url(const Text& url, const Variables& variables);

/// Renders many texts and collects what is wrong with any of them, so that all of it can be said at once. A text with an
/// error renders as "".
class Renderer {
 public:
  /// `variables` must outlive this.
  explicit Renderer(const Variables& variables) : variables_(variables) {}

  std::string text(const Text& text) { return take(render_text(text, variables_), text.place); }
  std::string url(const Text& url) { return take(render_url(url, variables_), url.place); }
  std::string json(const Value& value) { return take(render_json(value, variables_), value.text.place); }
  ShellCommand shell(const Text& script, const std::vector<std::string>& shell) {
    return take(shell_command(script, shell, variables_), script.place);
  }

  const std::vector<ExpressionError>& errors() const { return errors_; }

 private:
  template <typename T>
  T take(Evaluated<T> evaluated, Place place) {
    if (auto* value = std::get_if<T>(&evaluated)) return std::move(*value);
    auto& error = std::get<ExpressionError>(evaluated);
    if (error.place.line == 0) error.place = place;
    errors_.push_back(std::move(error));
    return T{};
  }

  const Variables& variables_;
  std::vector<ExpressionError> errors_;
};

}  // namespace corun
