// What other programs call their commands. Knows nothing of what is on the command line.
#pragma once

#include <string_view>

namespace corun {

/// What to type for a word that is no command of corun's: "corun ls" for `list`; "": nothing is known.
std::string_view command_meant(std::string_view word);

}  // namespace corun
