// Texts with their expressions replaced by values, fit for where they land: plain text, JSON, a URL. Knows nothing of requests or
// processes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/evaluator.h"
#include "expr/shell.h"

namespace corun {

/// `text` with every expression replaced: strings raw, the rest as JSON.
Evaluated<std::string> render_text(const Text& text, const Evaluator& evaluator);

/// `value` as JSON, expressions in its strings replaced; a string that is one expression keeps the value's type.
Evaluated<std::string> render_json(const Value& value, const Evaluator& evaluator);

/// `value` with every expression in its strings replaced; a string that is one expression becomes what it gives.
Evaluated<Json> resolve_value(const Value& value, const Evaluator& evaluator);

/// A URL: an expression at its start is taken as it is (a base URL), one in the host must be a host (and port), one in
/// the path is encoded as one segment, one in the query or fragment as one value; `| raw` opts out.
Evaluated<std::string> render_url(const Text& url, const Evaluator& evaluator);

/// An address with a user and a password: a proxy's URL, or libpq's connection string, which may also be `key=value` pairs. An
/// expression at its start is taken as it is, any other can't become another part of it.
Evaluated<std::string> render_address(const Text& address, const Evaluator& evaluator);

/// Renders many texts and collects what is wrong with their expressions, so that all of it can be said at once. A text with
/// an error renders as "".
class Renderer {
 public:
  /// `evaluator` must outlive this.
  explicit Renderer(const Evaluator& evaluator) : evaluator_(evaluator) {}

  /// Says what is rendered from here on: a key, and what of it. Both must live as long as it is rendered.
  Renderer& in(std::string_view key, std::string_view part = {}) {
    key_ = key;
    part_ = part;
    return *this;
  }

  std::string text(const Text& text);
  std::string url(const Text& url);
  std::string address(const Text& address);
  std::string json(const Value& value);
  Json value(const Value& value);
  ShellCommand shell(const Text& script, const std::vector<std::string>& shell);
  /// A text that is an expression by its key; null where it can't be evaluated.
  Json expression(const Text& text);

  const std::vector<ExpressionError>& errors() const { return errors_; }

 private:
  template <typename T, typename Render>
  T take(const Text& text, Render render);
  void check_texts(const Value& value);
  void keep(ExpressionError error, Place place);

  const Evaluator& evaluator_;
  std::string_view key_;
  std::string_view part_;
  std::vector<ExpressionError> errors_;
};

}  // namespace corun
