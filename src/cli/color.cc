// Whether a stream gets colour. Knows nothing of which colours there are.
#include "cli/color.h"

namespace corun {

bool wants_color(ColorChoice choice, bool is_terminal, const GetVariable& variable) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  const auto value = [&](const char* name) {
    const char* text = variable(name);
    return std::string_view(text != nullptr ? text : "");
  };
  const auto set = [&](const char* name) { return !value(name).empty() && value(name) != "0"; };
  if (!value("NO_COLOR").empty()) return false;  // no-color.org: any value but the empty one
  if (set("CLICOLOR_FORCE") || set("FORCE_COLOR")) return true;
  if (value("TERM") == "dumb") return false;
  return is_terminal || value("GITHUB_ACTIONS") == "true" || value("GITLAB_CI") == "true";
}

}  // namespace corun
