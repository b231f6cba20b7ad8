// Which words of a shell's commands the shell takes for code once more. Knows nothing of quoting, nor of expressions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace corun {

/// Follows a script's commands word by word. What it doesn't know (`sh -c`, `ssh`, a function of the script's own) is the
/// script's own doing.
class ShellWords {
 public:
  /// The next character, outside of quotes.
  void plain(char c);
  /// One inside of them, or behind a backslash.
  void quoted(char c);
  /// A value, whatever is in it.
  void value() { quoted('\0'); }
  /// A command begins inside of another one, `$(…)` or `(…)`; it ends.
  void open();
  void close();

  /// Whether a value here would be evaluated: by `eval`, as a number of `let`, `declare -i` and `[[ … -eq … ]]`, as a name that
  /// may have a subscript, or as the subscript. bash runs the commands in it then.
  bool takes_code() const;
  /// The same of what stands here already, now that `rest` follows: the left side of `[[ … -eq … ]]`.
  bool took_code(std::string_view rest) const;
  /// The name of the command that a value here is an argument of; "" if it is none: the name itself, of an assignment, a
  /// here-string.
  std::string_view program() const;

 private:
  struct Command {
    std::string name;      // its first word that is no assignment or keyword
    std::string previous;  // the last whole word
    std::string word;      // as far as it has been seen
    bool in_word = false;
    bool integer = false;  // has an option `-i`
  };

  Command& command() { return commands_.back(); }
  void end_word();

  std::vector<Command> commands_ = std::vector<Command>(1);
};

}  // namespace corun
