// The words of commands. Knows nothing of quoting.
#include "expr/shell_words.h"

#include <algorithm>
#include <array>

namespace corun {
namespace {

constexpr std::size_t kMostKept = 64;  // bytes of a word: those that matter are shorter

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What a command may stand behind.
constexpr std::array<std::string_view, 13> kBefore{"!",    "{",  "builtin", "command", "coproc", "do",   "elif",
                                                   "else", "if", "then",    "time",    "until",  "while"};
constexpr std::array<std::string_view, 6> kComparisons{"-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
constexpr std::array<std::string_view, 4> kTests{"[", "[[", "printf", "test"};
constexpr std::array<std::string_view, 4> kDeclarations{"declare", "local", "readonly", "typeset"};

// Whether `word` is a variable's name and what follows it starts with `next`.
bool is_name_before(std::string_view word, char next) {
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const std::size_t end = static_cast<std::size_t>(std::find_if_not(word.begin(), word.end(), is_name) - word.begin());
  return end > 0 && end < word.size() && word[end] == next;
}

bool is_assignment(std::string_view word) { return is_name_before(word, '=') || is_name_before(word, '+'); }

}  // namespace

void ShellWords::plain(char c) {
  const bool in_condition = command().name == "[[";
  switch (c) {
    case '\'':
    case '"': command().in_word = true; return;
    case ' ':
    case '\t': end_word(); return;
    case '\n':
    case '&':
    case '|':
      end_word();
      if (in_condition) {
        command().previous.clear();
      } else {
        command() = Command();
      }
      return;
    case ';':
      end_word();
      command() = Command();
      return;
    default: quoted(c);
  }
}

void ShellWords::quoted(char c) {
  command().in_word = true;
  if (command().word.size() < kMostKept) command().word += c;
}

void ShellWords::open() {
  Command inside;
  if (command().name == "[[") inside.name = "[[";
  commands_.push_back(std::move(inside));
}

void ShellWords::close() {
  if (commands_.size() > 1) commands_.pop_back();
}

void ShellWords::end_word() {
  Command& it = command();
  if (!it.in_word) return;
  if (it.name.empty()) {
    if (!is_one_of(kBefore, it.word) && !is_assignment(it.word)) it.name = it.word;
  } else if (it.word.starts_with('-') && it.word.find('i') != std::string::npos) {
    it.integer = true;
  }
  it.previous = std::move(it.word);
  it.word.clear();
  it.in_word = false;
  if (it.previous == "]]") it = Command();
}

bool ShellWords::takes_code() const {
  const Command& it = commands_.back();
  if (it.name.empty()) return is_name_before(it.word, '[') && it.word.find(']') == std::string::npos;
  if (it.name == "eval" || it.name == "let" || it.name == "unset") return true;
  if (is_one_of(kDeclarations, it.name)) return it.integer || it.word.find('=') == std::string::npos;
  if (is_one_of(kTests, it.name) && it.previous == "-v") return true;
  return it.name == "[[" && is_one_of(kComparisons, it.previous);
}

std::string_view ShellWords::program() const {
  const Command& it = commands_.back();
  const bool is_here_string = it.word.empty() ? it.previous.ends_with("<<<") : it.word.find("<<<") != std::string::npos;
  return is_here_string ? std::string_view() : std::string_view(it.name);
}

bool ShellWords::took_code(std::string_view rest) const {
  if (commands_.back().name != "[[") return false;
  rest.remove_prefix(std::min(rest.find_first_not_of("\" \t"), rest.size()));
  return is_one_of(kComparisons, rest.substr(0, 3));
}

}  // namespace corun
