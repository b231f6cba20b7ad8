// The scanner's states, character by character. Knows nothing of expressions.
#include "expr/shell_scanner.h"

namespace corun {

// Whether a backslash or a `$` waits for the next character: `\"${A}"` has no opening quote, `$${A}` is `$$` and `{A}`.
bool ShellScanner::dangles() const {
  if (!in_here_document_) return escaped_ || odd_dollar_;
  const auto count_before = [this](std::size_t end, char c) {
    std::size_t count = 0;
    while (count < end && line_[end - 1 - count] == c) ++count;
    return count;
  };
  const std::size_t dollars = count_before(line_.size(), '$');
  const bool backslash = count_before(line_.size() - dollars, '\\') % 2 == 1;
  return dollars == 0 ? backslash : (dollars % 2 == 1) != backslash;
}

ShellScanner::Place ShellScanner::place() const {
  if (in_here_document_) {
    if (pending_.front().quoted) return Place::literal;
    if (dangles()) return Place::dangling;
    return here_arithmetic_depth_ > 0 ? Place::arithmetic : Place::quoted;
  }
  if (in_delimiter_) return Place::literal;
  switch (frames_.back()) {
    case Kind::comment: return Place::quoted;
    case Kind::double_quote: return dangles() ? Place::dangling : words_.takes_code() ? Place::code : Place::quoted;
    case Kind::single_quote:
    case Kind::ansi_quote: return Place::literal;
    case Kind::arithmetic:
    case Kind::parameter_numbers: return Place::arithmetic;
    case Kind::parameter_name: return previous_ == ':' ? Place::arithmetic : Place::plain;
    default: return dangles() ? Place::dangling : words_.takes_code() ? Place::code : Place::plain;
  }
}

void ShellScanner::scan(std::string_view text) {
  for (const char c : text) {
    if (in_here_document_) {
      scan_here_document(c);
      continue;
    }
    if (in_delimiter_) {
      scan_delimiter(c);
      if (in_delimiter_) continue;
    }
    if (escaped_) {  // the character after a backslash means nothing
      escaped_ = false;
      previous_ = 0;
      odd_dollar_ = false;
      at_word_start_ = false;
      if (c != '\n') words_.quoted(c);
      continue;
    }
    switch (frames_.back()) {
      case Kind::single_quote:
        if (c == '\'') {
          close();
        } else {
          words_.quoted(c);
        }
        break;
      case Kind::ansi_quote:
        if (c == '\\') {
          escaped_ = true;
        } else if (c == '\'') {
          close();
        } else {
          words_.quoted(c);
        }
        break;
      case Kind::double_quote: scan_double_quote(c); break;
      case Kind::comment:
        if (c == '\n') {
          close();
          scan_plain(c);
        }
        break;
      default: scan_plain(c);
    }
    if (in_here_document_) continue;
    at_word_start_ = c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(';
    previous_ = escaped_ ? '\0' : c;
    odd_dollar_ = c == '$' && !odd_dollar_ && frames_.back() != Kind::comment;
  }
}

// `$` came before `c`: what does it open?
void ShellScanner::dollar(char c) {
  if (c == '(') open(Kind::subshell);
  if (c == '{') open(Kind::parameter_name);
  if (c == '[') open(Kind::arithmetic);
}

// A name, then a subscript, an operator with its word, or `:` and numbers.
void ShellScanner::scan_parameter_name(char c) {
  constexpr std::string_view kOperators = "-+=?#%/^,@";
  if (previous_ == ':') {
    frames_.back() = std::string_view("-+=?").find(c) != std::string_view::npos ? Kind::parameter_word : Kind::parameter_numbers;
  } else if (c == '[') {
    arithmetic_depth_ = 0;
    open(Kind::arithmetic);
  } else if (previous_ != '{' && kOperators.find(c) != std::string_view::npos) {
    frames_.back() = Kind::parameter_word;
  }
}

void ShellScanner::scan_double_quote(char c) {
  if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    close();
  } else if (c == '`') {
    open(Kind::backtick);
  } else {
    words_.quoted(c);
    if (previous_ == '$') dollar(c);
  }
}

// What has no meaning to the words around it stays out of them.
void ShellScanner::read_word(char c) {
  const Kind kind = frames_.back();
  if (kind != Kind::command && !holds_commands(kind)) return words_.quoted(c);
  if (c == ')' && kind != Kind::subshell) return words_.plain(';');  // of a pattern of `case`
  if (c == '(' || c == ')' || c == '`' || c == '\\' || (c == '#' && at_word_start_)) return;
  words_.plain(c);
}

void ShellScanner::scan_plain(char c) {
  const Kind kind = frames_.back();
  read_word(c);
  if (kind == Kind::arithmetic) {
    if (c == '(' || c == '[') ++arithmetic_depth_;
    if (c == ')' || c == ']') {
      if (arithmetic_depth_ == 0) {
        close();
      } else {
        --arithmetic_depth_;
      }
    }
    return;
  }
  if (kind == Kind::parameter_name && c != '}') scan_parameter_name(c);
  if (frames_.back() == Kind::arithmetic) return;
  switch (c) {
    case '\\': escaped_ = true; return;
    case '\'':
      // Inside "${…}" a single quote stands for itself.
      if (is_parameter(kind) && frames_[frames_.size() - 2] == Kind::double_quote) return;
      open(previous_ == '$' ? Kind::ansi_quote : Kind::single_quote);
      return;
    case '"': open(Kind::double_quote); return;
    case '`':
      if (kind == Kind::backtick) {
        close();
      } else {
        open(Kind::backtick);
      }
      return;
    case '#':
      if (at_word_start_ && !is_parameter(kind)) open(Kind::comment);
      return;
    case '(':
      if (previous_ == '(' && kind == Kind::subshell) {  // `((` or `$((`: the first one was opened as a subshell
        frames_.back() = Kind::arithmetic;
        words_.close();
        arithmetic_depth_ = 1;
      } else {
        open(Kind::subshell);
      }
      return;
    case ')':
      if (kind == Kind::subshell) close();
      return;
    case '}':
      if (is_parameter(kind)) close();
      return;
    case '<':
      if (previous_ == '<' && !is_parameter(kind)) {
        in_delimiter_ = true;
        delimiter_begun_ = false;
        delimiter_quote_ = 0;
        pending_.emplace_back();
      }
      return;
    case '\n':
      if (!pending_.empty()) {
        in_here_document_ = true;
        line_.clear();
      }
      return;
    default:
      if (previous_ == '$') dollar(c);
  }
}

// After `<<`: an optional `-`, blanks, then the delimiter, quoted or not.
void ShellScanner::scan_delimiter(char c) {
  HereDocument& document = pending_.back();
  if (delimiter_quote_ != 0) {
    if (c == delimiter_quote_) {
      delimiter_quote_ = 0;
    } else {
      document.delimiter += c;
    }
    return;
  }
  if (!delimiter_begun_) {
    if (c == '<') {  // `<<<`: a here-string, which has no body
      pending_.pop_back();
      in_delimiter_ = false;
      previous_ = 0;
      return;
    }
    if (c == '-' && document.delimiter.empty() && !document.strip_tabs) {
      document.strip_tabs = true;
      return;
    }
    if (c == ' ' || c == '\t') return;
  }
  if (c == '\'' || c == '"') {
    document.quoted = true;
    delimiter_begun_ = true;
    delimiter_quote_ = c;
  } else if (c == '\\') {
    document.quoted = true;
    delimiter_begun_ = true;
  } else if (c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '<' || c == '>' || c == ')' ||
             c == '(') {
    in_delimiter_ = false;
    if (document.delimiter.empty()) pending_.pop_back();
  } else {
    delimiter_begun_ = true;
    document.delimiter += c;
  }
}

void ShellScanner::scan_here_document(char c) {
  if (c != '\n') {
    line_ += c;
    if (here_arithmetic_depth_ > 0) {
      if (c == '(') ++here_arithmetic_depth_;
      if (c == ')') --here_arithmetic_depth_;
    } else if (line_.ends_with("$((")) {
      here_arithmetic_depth_ = 2;
    }
    return;
  }
  std::string_view line = line_;
  if (pending_.front().strip_tabs) {
    while (line.starts_with('\t')) line.remove_prefix(1);
  }
  if (line == pending_.front().delimiter) {
    pending_.erase(pending_.begin());
    in_here_document_ = !pending_.empty();
    here_arithmetic_depth_ = 0;
    at_word_start_ = true;
    previous_ = 0;
  }
  line_.clear();
}

}  // namespace corun
