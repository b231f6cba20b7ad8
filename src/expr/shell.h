// Turns a `run` script into what is executed, so that no value can become shell syntax. Knows nothing of processes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/evaluator.h"

namespace corun {

/// What a `run` comes to.
struct ShellCommand {
  std::vector<std::string> argv;         ///< to be executed as it is
  std::vector<std::string> environment;  ///< `CORUN_EXPR_1=value`: what the script's references stand for
};

/// The command for `script`. Executed directly where a shell would do exactly the same: plain words, no quotes' tricks,
/// expansions, assignments, reserved words or built-ins of sh; else by `shell` (empty: `sh -eu -c`; one word of the
/// Bourne family: the same with it; another single word: `-c`; more: the script is appended), each expression a
/// reference to a variable in the environment. `misplaced` where a reference can't work: in single quotes, a quoted
/// here-document, arithmetic, or another language's shell.
Evaluated<ShellCommand> shell_command(const Text& script, const std::vector<std::string>& shell, const Evaluator& evaluator);

/// Whether `script`, as `shell_command` has written it, gives the value of its reference number `number` (from 1) to a program as
/// an argument, which everybody on the machine can see: not to a built-in of the shell.
bool is_program_argument(std::string_view script, std::size_t number);

}  // namespace corun
