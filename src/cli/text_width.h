// How many columns of a terminal a painted text takes. Knows nothing of what the text means.
#pragma once

#include <cstddef>
#include <string_view>

namespace corun {

/// Columns that `text` takes; colours take none.
std::size_t width_of(std::string_view text);

}  // namespace corun
