// What each code of a diagnostic means, at length. Knows nothing of where they are found.
#pragma once

#include <span>
#include <string_view>

namespace corun {

/// One code, explained. The examples are whole job files; `\xNN` in them stands for a byte.
struct Explanation {
  std::string_view code;
  std::string_view text;   ///< paragraphs; ends with a newline
  std::string_view wrong;  ///< a file that gets the code
  std::string_view right;  ///< one that gets none
};

/// The explanation of a code that there is.
const Explanation& explanation_of(std::string_view code);

// The tables, by the first digit of a code.
std::span<const Explanation> yaml_explanations();
std::span<const Explanation> key_explanations();
std::span<const Explanation> graph_explanations();
std::span<const Explanation> warning_explanations();

}  // namespace corun
