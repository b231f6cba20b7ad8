// How many columns text takes on a terminal. Knows nothing of terminals, nor of the locale.
#pragma once

#include <cstddef>
#include <string_view>

namespace corun {

/// Columns of `text` (UTF-8, without control characters): East Asian wide characters and emoji take two, combining ones none.
/// A byte that isn't UTF-8 takes one.
std::size_t text_columns(std::string_view text);

/// The beginning of `text` that fits into `most` columns; ends with a whole character and what combines with it.
std::string_view cut_columns(std::string_view text, std::size_t most);

}  // namespace corun
