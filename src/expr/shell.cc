// Decides whether a script needs a shell, and where its expressions' values go. Knows nothing of processes.
#include "expr/shell.h"

#include <algorithm>
#include <array>
#include <optional>

#include "expr/shell_scanner.h"

namespace corun {
namespace {

// Built-ins and reserved words of dash, bash, ksh and busybox: with one of these as first word, sh does something else
// than executing a program of that name. Sorted.
constexpr std::array<std::string_view, 94> kShellWords{
    "!",        ".",        ":",       "[",      "[[",    "]]",      "alias",   "autoload", "bg",       "bind",      "break",
    "builtin",  "caller",   "case",    "cd",     "chdir", "command", "compgen", "complete", "compopt",  "continue",  "coproc",
    "declare",  "dirs",     "disown",  "do",     "done",  "echo",    "elif",    "else",     "enable",   "esac",      "eval",
    "exec",     "exit",     "export",  "false",  "fc",    "fg",      "fi",      "for",      "function", "functions", "getopts",
    "hash",     "help",     "history", "if",     "in",    "integer", "jobs",    "kill",     "let",      "local",     "logout",
    "mapfile",  "nameref",  "newgrp",  "nohup",  "popd",  "print",   "printf",  "pushd",    "pwd",      "read",      "readarray",
    "readonly", "redirect", "return",  "select", "set",   "shift",   "shopt",   "source",   "stop",     "suspend",   "test",
    "then",     "time",     "times",   "trap",   "true",  "type",    "typeset", "ulimit",   "umask",    "unalias",   "unset",
    "until",    "wait",     "whence",  "while",  "{",     "}"};

bool is_shell_word(std::string_view word) { return std::binary_search(kShellWords.begin(), kShellWords.end(), word); }

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_./:,+@%-=").find(c) != std::string_view::npos;
}

// One argument: the literals and expressions it is made of.
using Word = std::vector<Segment>;

// Collects words from segments for as long as they need no shell.
class WordReader {
 public:
  bool read(const std::vector<Segment>& segments) {
    for (const Segment& segment : segments) {
      if (const auto* literal = std::get_if<std::string>(&segment)) {
        if (!read_literal(*literal)) return false;
      } else {
        if (quote_ == '\'') return false;                                      // the shell's path reports it
        if (words_.empty() || (in_word_ && words_.size() == 1)) return false;  // the program's name: let the shell look
        current().push_back(segment);
      }
    }
    return quote_ == 0 && !words_.empty() && !is_shell_word(first_text()) && first_text().find('=') == std::string::npos;
  }
  const std::vector<Word>& words() const { return words_; }

 private:
  bool read_literal(std::string_view text) {
    for (const char c : text) {
      if (quote_ != 0) {
        if (c == quote_) {
          quote_ = 0;
        } else if (quote_ == '"' && std::string_view("$`\\!").find(c) != std::string_view::npos) {
          return false;
        } else {
          add(c);
        }
      } else if (c == '\'' || c == '"') {
        quote_ = c;
        current();
      } else if (c == ' ' || c == '\t') {
        in_word_ = false;
      } else if (is_plain(c)) {
        add(c);
      } else {
        return false;
      }
    }
    return true;
  }
  Word& current() {
    if (!in_word_) words_.emplace_back();
    in_word_ = true;
    return words_.back();
  }
  void add(char c) {
    Word& word = current();
    if (word.empty() || !std::holds_alternative<std::string>(word.back())) word.emplace_back(std::string());
    std::get<std::string>(word.back()) += c;
  }
  std::string first_text() const {
    return words_.front().empty() ? std::string() : std::get<std::string>(words_.front().front());
  }

  std::vector<Word> words_;
  bool in_word_ = false;
  char quote_ = 0;
};

std::string_view trim_line_ends(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether `shell` is of the Bourne family, where a reference `${NAME}` can be written.
bool is_bourne(std::string_view shell) {
  const std::string_view name = shell.substr(shell.rfind('/') + 1);
  constexpr std::array<std::string_view, 8> kNames{"ash", "bash", "dash", "ksh", "mksh", "sh", "yash", "zsh"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// The argv that runs a script, the script itself still missing.
std::vector<std::string> shell_argv(const std::vector<std::string>& shell) {
  if (shell.empty()) return {"sh", "-eu", "-c"};
  if (shell.size() > 1) return shell;
  if (is_bourne(shell[0])) return {shell[0], "-eu", "-c"};
  return {shell[0], "-c"};
}

Evaluated<std::string> value_text(const Expression& expression, const Evaluator& evaluator) {
  Evaluated<Json> value = evaluator.evaluate(expression);
  if (auto* error = std::get_if<ExpressionError>(&value)) return std::move(*error);
  return std::get<Json>(value).to_text();
}

Evaluated<ShellCommand> direct_command(const std::vector<Word>& words, const Evaluator& evaluator) {
  ShellCommand command;
  for (const Word& word : words) {
    std::string& argument = command.argv.emplace_back();
    for (const Segment& part : word) {
      if (const auto* literal = std::get_if<std::string>(&part)) {
        argument += *literal;
        continue;
      }
      Evaluated<std::string> text = value_text(std::get<Expression>(part), evaluator);
      if (auto* error = std::get_if<ExpressionError>(&text)) return std::move(*error);
      argument += std::get<std::string>(text);
    }
  }
  return command;
}

ExpressionError misplaced(const Expression& expression, std::string message, std::string help) {
  return expression_error(expression, ExpressionError::Kind::misplaced, std::move(message), {}, std::move(help));
}

std::string reference_name(std::size_t number) { return "CORUN_EXPR_" + std::to_string(number); }

ExpressionError evaluated_again(const Expression& expression) {
  return misplaced(expression, "an expression here could run code: the shell evaluates the word once more",
                   "compare numbers by `[ … ]`, or pass the value by `env:` and check it in the script");
}

}  // namespace

Evaluated<ShellCommand> shell_command(const Text& script, const std::vector<std::string>& shell, const Evaluator& evaluator) {
  Evaluated<std::vector<Segment>> parsed = parse_template(script.text);
  if (auto* error = std::get_if<ExpressionError>(&parsed)) return std::move(*error);
  const auto& segments = std::get<0>(parsed);
  if (shell.empty()) {
    const std::string_view content = trim_line_ends(script.text);
    Evaluated<std::vector<Segment>> trimmed = parse_template(content);
    WordReader reader;
    if (reader.read(std::get<0>(trimmed))) {
      Evaluated<ShellCommand> direct = direct_command(reader.words(), evaluator);
      if (auto* error = std::get_if<ExpressionError>(&direct)) {
        error->offset += static_cast<std::size_t>(content.data() - script.text.data());
      }
      return direct;
    }
  }

  ShellCommand command;
  command.argv = shell_argv(shell);
  const bool references_work = is_bourne(command.argv[0]);
  std::string text;
  ShellScanner scanner;
  const Expression* last = nullptr;
  for (const Segment& segment : segments) {
    if (const auto* literal = std::get_if<std::string>(&segment)) {
      if (last != nullptr && scanner.was_code(*literal)) return evaluated_again(*last);
      scanner.scan(*literal);
      text += *literal;
      continue;
    }
    const auto& expression = std::get<Expression>(segment);
    if (!references_work) {
      return misplaced(expression, "expressions can't be used in a script for `" + command.argv[0] + "`",
                       "pass the value by `env:`");
    }
    Evaluated<std::string> value = value_text(expression, evaluator);
    if (auto* error = std::get_if<ExpressionError>(&value)) return std::move(*error);
    const std::string name = reference_name(command.environment.size() + 1);
    switch (scanner.place()) {
      case ShellScanner::Place::plain: text += "\"${" + name + "}\""; break;
      case ShellScanner::Place::quoted: text += "${" + name + "}"; break;
      case ShellScanner::Place::literal:
        return misplaced(
            expression,
            "an expression can't work inside single quotes or a quoted here-document: the shell would not see its value",
            "use double quotes, or pass the value by `env:`");
      case ShellScanner::Place::dangling:
        return misplaced(expression, "an expression can't follow a backslash or a single `$`: the shell would not see its value",
                         "write `\\\\` for a backslash and `\\$` for a dollar sign");
      case ShellScanner::Place::arithmetic:
        return misplaced(expression, "an expression in shell arithmetic could run code",
                         "pass the value by `env:` and check it in the script");
      case ShellScanner::Place::code: return evaluated_again(expression);
    }
    last = &expression;
    scanner.skip_word();
    command.environment.push_back(name + '=' + std::get<std::string>(value));
  }
  command.argv.push_back(std::move(text));
  return command;
}

bool is_program_argument(std::string_view script, std::size_t number) {
  const std::size_t reference = script.find("${" + reference_name(number) + '}');
  if (reference == std::string_view::npos) return false;
  ShellScanner scanner;
  scanner.scan(script.substr(0, reference));
  const std::string_view program = scanner.program();
  return !program.empty() && !is_shell_word(program);
}

}  // namespace corun
