// Looks for secrets among arguments. Knows nothing of how commands are made.
#include "engine/exposed_secret.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "expr/check.h"
#include "expr/shell.h"

namespace corun {
namespace {

bool holds_secret(const std::string& text) { return text.find(kSecretStandIn) != std::string::npos; }

// `number` (from 1) of the expressions in `text` is the one.
ExpressionError warning_at(const Text& text, std::size_t number) {
  ExpressionError warning;
  warning.kind = ExpressionError::Kind::exposed_secret;
  warning.message = "a secret in the arguments of a program: everybody on the machine can see it";
  warning.help = "pass it by `env:` or `stdin:`";
  warning.place = text.place;
  std::size_t start = text.text.find("${{");
  while (--number > 0 && start != std::string::npos) start = text.text.find("${{", start + 3);
  warning.offset = std::min(start, text.text.size());
  warning.length = std::min(text.text.find("}}", warning.offset), text.text.size()) + 2 - warning.offset;
  return warning;
}

}  // namespace

std::optional<ExpressionError> exposed_secret(const RunSpec& run, const ProcessCommand& command) {
  const auto found = std::find_if(command.argv.begin(), command.argv.end(), holds_secret);
  if (found != command.argv.end()) {
    return warning_at(run.argv.empty() ? run.script : run.argv[static_cast<std::size_t>(found - command.argv.begin())], 1);
  }
  if (!run.argv.empty() || command.argv.empty()) return std::nullopt;
  // The references of a script come first.
  for (std::size_t i = 0; i < command.environment.size() && command.environment[i].starts_with("CORUN_EXPR_"); ++i) {
    if (holds_secret(command.environment[i]) && is_program_argument(command.argv.back(), i + 1))
      return warning_at(run.script, i + 1);
  }
  return std::nullopt;
}

}  // namespace corun
