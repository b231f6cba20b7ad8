// Knows what can be shown. Knows nothing of where.
#include "expr/display.h"

namespace corun {

Evaluated<Json> DisplayEvaluator::evaluate(const Expression& expression) const {
  const Json as_written = Json::string("${{ " + expression.source + " }}");
  if (expression.path.size() < 2) return as_written;
  const auto* root = std::get_if<std::string>(&expression.path[0]);
  const auto* name = std::get_if<std::string>(&expression.path[1]);
  if (root == nullptr || name == nullptr) return as_written;
  if (*root == "secrets" || variables_.is_tainted(*root, *name)) return Json::string("***");
  if (*root == "vars" && !variables_.vars().has(*name)) return as_written;
  if (*root == "vars") return follow_path(variables_.vars().get(*name), expression, 2);
  const auto found = variables_.environment().find(*name);
  if (*root != "env" || found == variables_.environment().end()) return as_written;
  return follow_path(Json::string(found->second), expression, 2);
}

}  // namespace corun
