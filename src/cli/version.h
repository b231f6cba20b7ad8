// corun's version, as `corun --version` shows it. Knows nothing else.
#pragma once

#include <string_view>

namespace corun {

/// Such as `0.1.0`, or `0.1.0+14.g1a2b3c4` for a commit after that.
std::string_view version();

}  // namespace corun
