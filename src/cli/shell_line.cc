// A command line as bash has it. Knows nothing of commands.
#include "cli/shell_line.h"

#include <algorithm>

namespace corun {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// What means something to the shell where it isn't quoted.
constexpr std::string_view kSpecial = " \t\n\"'\\`$&|;<>()[]{}*?!#~^";

// Whether a backslash before it is taken away inside double quotes.
bool is_escaped_in_quotes(char c) { return c == '"' || c == '\\' || c == '$' || c == '`'; }

}  // namespace

ShellLine read_shell_line(std::string_view line, std::string_view breaks) {
  ShellLine result;
  std::string word;
  bool begun = false;
  std::size_t kept = 0;
  char quote = 0;
  const auto end_word = [&] {
    if (begun) result.words.push_back(word);
    word.clear();
    begun = false;
    kept = 0;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool more = i + 1 < line.size();
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else if (quote == '"' && c == '\\' && more && is_escaped_in_quotes(line[i + 1])) {
        word += line[++i];
      } else {
        word += c;
      }
      continue;
    }
    if (is_blank(c)) {
      end_word();
      continue;
    }
    begun = true;
    if (c == '\'' || c == '"') {
      quote = c;
      kept = word.size();
    } else if (c == '\\') {
      if (more) word += line[++i];
    } else {
      word += c;
      if (breaks.find(c) != std::string_view::npos) kept = word.size();
    }
  }
  result.words.push_back(std::move(word));
  result.quote = quote;
  result.kept = kept;
  return result;
}

std::string completed(const ShellLine& line, std::string_view word) {
  std::string out;
  std::string_view rest = word.substr(std::min(line.kept, word.size()));
  for (const char c : rest) {
    if (line.quote == '\'' && c == '\'') {
      out += "'\\''";
      continue;
    }
    const bool escaped = line.quote == 0     ? kSpecial.find(c) != std::string_view::npos
                         : line.quote == '"' ? is_escaped_in_quotes(c)
                                             : false;
    if (escaped) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace corun
