// A command line as bash has it while it is written: its words, and how a completion is quoted there. Knows nothing of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace corun {

/// The words of a line that ends where the cursor is.
struct ShellLine {
  std::vector<std::string> words;  ///< without quotes; the last one is being written, and may be ""
  char quote = 0;                  ///< the quote that is open at the end: `'` or `"`
  std::size_t kept = 0;            ///< bytes of the last word that readline keeps: it replaces what is behind them
};

/// Takes a line apart; `breaks` are the characters at which readline begins a new word ($COMP_WORDBREAKS).
ShellLine read_shell_line(std::string_view line, std::string_view breaks);

/// What replaces the end of the last word, so that the whole word is `word`.
std::string completed(const ShellLine& line, std::string_view word);

}  // namespace corun
