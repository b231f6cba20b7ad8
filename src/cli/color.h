// Whether a stream gets colour. Knows nothing of which colours there are.
#pragma once

#include <cstdint>

#include "cli/environment.h"

namespace corun {

/// --color.
enum class ColorChoice : std::uint8_t { automatic, always, never };

/// The first that says something decides: `--color`, NO_COLOR, CLICOLOR_FORCE or FORCE_COLOR, TERM=dumb, then whether the
/// stream is a terminal or a CI service that shows colours (GitHub Actions, GitLab).
bool wants_color(ColorChoice choice, bool is_terminal, const GetVariable& variable);

}  // namespace corun
