// How many columns text takes on a terminal. Knows nothing of terminals, nor of the locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace corun {

/// Columns of a character: 0 of what combines, 2 of what is wide, else 1.
std::size_t character_columns(char32_t character);

/// Columns of `text` (UTF-8, without control characters): East Asian wide characters and emoji take two, combining ones none.
/// A byte that isn't UTF-8 takes one.
std::size_t text_columns(std::string_view text);

/// The beginning of `text` that fits into `most` columns; ends with a whole character and what combines with it.
std::string_view cut_columns(std::string_view text, std::size_t most);

/// `text`, or as much of it as fits into `columns` with `…` at its end.
std::string shortened_to_columns(std::string_view text, std::size_t columns);

/// The same, with `…` in its middle: of names beginning and end tell what they are.
std::string shortened_in_middle(std::string_view text, std::size_t columns);

}  // namespace corun
