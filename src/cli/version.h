// corun's version, as `corun --version` shows it. Knows nothing else.
#pragma once

#include <string_view>

namespace corun {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace corun
