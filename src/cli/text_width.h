// How many columns of a terminal a text takes, and what fits into some. Knows nothing of what the text means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace corun {

/// Columns that `text` takes: characters without those that combine, wide ones twice; colours take none.
std::size_t width_of(std::string_view text);

/// `text`, or as much of it as fits into `width` columns with `…` at its end. Without colours in it.
std::string cut_to_width(std::string_view text, std::size_t width);

/// Columns of the terminal that `fd` is; 0: it is none, or doesn't say.
std::size_t terminal_width(int fd);

}  // namespace corun
