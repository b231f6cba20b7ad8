// The files of completions/, built into the program. Knows nothing of what is in them.
#pragma once

#include <string_view>

namespace corun {

/// The completions of `bash`, `zsh` or `fish`; "" for others.
std::string_view completions_for(std::string_view shell);

}  // namespace corun
