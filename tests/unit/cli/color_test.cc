// Who decides about colour, in which order.
#include "cli/color.h"

#include <map>
#include <string>

#include "catch.h"

using namespace corun;

namespace {

bool color(ColorChoice choice, bool terminal, const std::map<std::string, std::string>& environment) {
  return wants_color(choice, terminal, [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

}  // namespace

TEST_CASE("The flag decides first") {
  CHECK(color(ColorChoice::always, false, {{"NO_COLOR", "1"}, {"TERM", "dumb"}}));
  CHECK_FALSE(color(ColorChoice::never, true, {{"FORCE_COLOR", "1"}}));
}

TEST_CASE("Then NO_COLOR, the forces, a dumb terminal") {
  CHECK_FALSE(color(ColorChoice::automatic, true, {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}));
  CHECK(color(ColorChoice::automatic, true, {{"NO_COLOR", ""}}));
  CHECK(color(ColorChoice::automatic, false, {{"FORCE_COLOR", "1"}, {"TERM", "dumb"}}));
  CHECK(color(ColorChoice::automatic, false, {{"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(color(ColorChoice::automatic, false, {{"CLICOLOR_FORCE", "0"}}));
  CHECK_FALSE(color(ColorChoice::automatic, true, {{"TERM", "dumb"}}));
}

TEST_CASE("Then the terminal, or a CI service that shows colours") {
  CHECK(color(ColorChoice::automatic, true, {}));
  CHECK_FALSE(color(ColorChoice::automatic, false, {}));
  CHECK(color(ColorChoice::automatic, false, {{"GITHUB_ACTIONS", "true"}}));
  CHECK(color(ColorChoice::automatic, false, {{"GITLAB_CI", "true"}}));
}
