// Reads files of KEY=VALUE lines. Knows nothing of processes.
#include "base/env_file.h"

#include <algorithm>
#include <cstddef>

namespace corun {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// One pass over the text; every method leaves the position behind what it has read.
class Parser {
 public:
  Parser(std::string_view path, std::string_view text) : path_(path), text_(text) {}

  Result<NamesAndValues> parse() {
    NamesAndValues values;
    while (position_ < text_.size()) {
      skip_blanks();
      if (!at_line_end() && peek() != '#') {
        std::string name = read_name();
        std::string value = error_.empty() ? read_value() : std::string();
        if (!error_.empty()) return Error{error_};
        values.emplace_back(std::move(name), std::move(value));
      }
      skip_line();
    }
    return values;
  }

 private:
  char peek() const { return text_[position_]; }
  bool at_line_end() const {
    return position_ == text_.size() || peek() == '\n' || text_.substr(position_, 2) == "\r\n" ||
           (peek() == '\r' && position_ + 1 == text_.size());
  }
  char take() {
    if (peek() == '\n') ++line_;
    return text_[position_++];
  }
  void skip_blanks() {
    while (position_ < text_.size() && is_blank(peek())) ++position_;
  }
  void skip_line() {
    while (position_ < text_.size() && take() != '\n') {
    }
  }
  void fail(std::size_t line, const std::string& what) {
    if (error_.empty()) error_ = std::string(path_) + ":" + std::to_string(line) + ": " + what;
  }

  std::string read_name() {
    constexpr std::string_view kExport = "export";
    if (text_.substr(position_).starts_with(kExport) && position_ + kExport.size() < text_.size() &&
        is_blank(text_[position_ + kExport.size()])) {
      position_ += kExport.size();
      skip_blanks();
    }
    const std::size_t start = position_;
    while (!at_line_end() && peek() != '=') ++position_;
    std::string name(text_.substr(start, position_ - start));
    while (!name.empty() && is_blank(name.back())) name.pop_back();
    if (at_line_end()) {
      fail(line_, "expected KEY=VALUE");
    } else if (!is_variable_name(name)) {
      fail(line_, "`" + name + "` can't be the name of a variable");
    } else {
      ++position_;  // the `=`
    }
    return name;
  }

  std::string read_value() {
    skip_blanks();
    if (at_line_end()) return {};
    if (peek() != '\'' && peek() != '"') return read_plain();
    const std::size_t line = line_;
    std::string value = read_quoted(take());
    skip_blanks();
    if (!at_line_end() && peek() != '#') fail(line, "text after the closing quote");
    return value;
  }

  std::string read_plain() {
    std::string value;
    while (!at_line_end() && !(peek() == '#' && (value.empty() || is_blank(value.back())))) value += take();
    while (!value.empty() && is_blank(value.back())) value.pop_back();
    return value;
  }

  std::string read_quoted(char quote) {
    const std::size_t line = line_;
    std::string value;
    while (position_ < text_.size()) {
      const char c = take();
      if (c == quote) return value;
      value += c == '\\' && quote == '"' && position_ < text_.size() ? read_escaped() : std::string(1, c);
    }
    fail(line, std::string("a ") + (quote == '"' ? "double" : "single") + " quote isn't closed");
    return value;
  }

  std::string read_escaped() {
    const char c = take();
    switch (c) {
      case 'n': return "\n";
      case 'r': return "\r";
      case 't': return "\t";
      case '\\':
      case '"':
      case '$':
      case '`': return std::string(1, c);
      default: return std::string("\\") + c;
    }
  }

  std::string_view path_;
  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::string error_;
};

}  // namespace

Result<NamesAndValues> parse_env_file(std::string_view path, std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
    return Error{std::string(path) + ":" + std::to_string(line) + ": a NUL byte can't be in a variable"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return Parser(path, text).parse();
}

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace corun
