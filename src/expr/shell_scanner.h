// Follows the quoting of a shell script far enough to say what a reference at some place would mean. Knows nothing of
// expressions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/shell_words.h"

namespace corun {

/// Reads a POSIX shell script piece by piece. A wrong guess (it is no full parser) costs a word split, never an injection,
/// since only references are put in.
class ShellScanner {
 public:
  /// What a reference means where the scanner stands.
  enum class Place {
    plain,       ///< needs double quotes around it
    quoted,      ///< inside double quotes, a here-document or a comment: as it is
    literal,     ///< single quotes, quoted here-document: no reference is seen
    dangling,    ///< after a backslash or a `$` that would take the reference apart
    arithmetic,  ///< `$((…))`, `((…))`, `$[…]`, `${a[…]}`, `${a:…}`: a value could be evaluated as code
    code,        ///< a word that is evaluated once more: of `eval`, `let`, `[[ … -eq … ]]` and the like
  };

  void scan(std::string_view text);
  /// Something of one word follows that isn't scanned: a reference.
  void skip_word() {
    at_word_start_ = false;
    previous_ = 0;
    odd_dollar_ = false;
    if (in_here_document_) {
      line_ += kReference;
    } else if (frames_.back() != Kind::comment) {
      words_.value();
    }
  }
  Place place() const;
  /// The name of the command that a reference here is an argument of; "" if it is none.
  std::string_view program() const {
    return in_here_document_ || frames_.back() == Kind::comment ? std::string_view() : words_.program();
  }
  /// Whether the place was one for `code` after all, now that `rest` follows it. Asked after `skip_word`.
  bool was_code(std::string_view rest) const { return !in_here_document_ && words_.took_code(rest); }

 private:
  // `${`: its name, then what follows an operator: a word, or (of `${a:1:2}`) numbers.
  enum class Kind {
    command,
    subshell,
    backtick,
    double_quote,
    single_quote,
    ansi_quote,
    parameter_name,
    parameter_word,
    parameter_numbers,
    arithmetic,
    comment
  };
  static constexpr char kReference = '\0';  // stands for one in a line
  bool dangles() const;
  static bool is_parameter(Kind kind) {
    return kind == Kind::parameter_name || kind == Kind::parameter_word || kind == Kind::parameter_numbers;
  }
  struct HereDocument {
    std::string delimiter;
    bool quoted = false;
    bool strip_tabs = false;
  };

  void read_word(char c);
  void scan_plain(char c);
  void scan_double_quote(char c);
  void scan_here_document(char c);
  void scan_delimiter(char c);
  static bool holds_commands(Kind kind) { return kind == Kind::subshell || kind == Kind::backtick; }
  void open(Kind kind) {
    frames_.push_back(kind);
    if (holds_commands(kind)) words_.open();
  }
  void close() {
    if (holds_commands(frames_.back())) words_.close();
    frames_.pop_back();
  }
  void dollar(char c);
  void scan_parameter_name(char c);

  std::vector<Kind> frames_{Kind::command};
  ShellWords words_;
  std::vector<HereDocument> pending_;  // announced on this line; the bodies follow the line's end
  std::string line_;                   // of a here-document's body
  char previous_ = 0;                  // the character before, 0 after an escape
  std::size_t arithmetic_depth_ = 0;
  std::size_t here_arithmetic_depth_ = 0;  // in a here-document
  bool escaped_ = false;
  bool odd_dollar_ = false;  // a `$` came before that is no second of `$$`
  bool at_word_start_ = true;
  bool in_here_document_ = false;
  bool in_delimiter_ = false;
  char delimiter_quote_ = 0;
  bool delimiter_begun_ = false;
};

}  // namespace corun
