// Colours of words on a terminal. Knows nothing of when colour is wanted.
#pragma once

#include <string>
#include <string_view>

#include "base/outcome.h"

namespace corun {

/// Paints words if colour is wanted, else leaves them.
class Style {
 public:
  explicit Style(bool color) : color_(color) {}

  /// A word about a job in `state`: green, yellow, red, or dim for what never ran.
  std::string state(JobState job_state, std::string_view word) const {
    switch (job_state) {
      case JobState::succeeded: return paint("32", word);
      case JobState::degraded: return paint("33", word);
      case JobState::skipped:
      case JobState::cancelled: return paint("2", word);
      default: return paint("1;31", word);
    }
  }
  std::string warning(std::string_view word) const { return paint("33", word); }
  std::string error(std::string_view word) const { return paint("1;31", word); }

 private:
  std::string paint(std::string_view code, std::string_view word) const {
    if (!color_) return std::string(word);
    return "\x1b[" + std::string(code) + "m" + std::string(word) + "\x1b[0m";
  }

  bool color_;
};

}  // namespace corun
