// What keeps corun from starting a run. Knows nothing of runs.
#pragma once

#include <stdexcept>
#include <string>

namespace corun {

/// Thrown by set-up that can't go on; main shows `what()` on standard error and exits with the code.
class SetupError : public std::runtime_error {
 public:
  /// `message` is one line, without corun's name and line end.
  SetupError(int exit_code, const std::string& message) : SetupError(exit_code, Shown{"corun: " + message + "\n"}) {}

  /// `text` is shown as it is: findings in a job file.
  static SetupError with_text(int exit_code, const std::string& text) { return SetupError(exit_code, Shown{text}); }

  int exit_code() const { return exit_code_; }

 private:
  struct Shown {
    std::string text;
  };
  SetupError(int exit_code, const Shown& shown) : std::runtime_error(shown.text), exit_code_(exit_code) {}

  int exit_code_;
};

}  // namespace corun
