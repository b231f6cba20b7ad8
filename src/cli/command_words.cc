// What other programs call their commands. Knows nothing of what is on the command line.
#include "cli/command_words.h"

#include <array>

namespace corun {
namespace {

struct Meant {
  std::string_view word;
  std::string_view line;
};

}  // namespace

std::string_view command_meant(std::string_view word) {
  constexpr std::array<Meant, 14> kMeant{{{"help", "corun --help"},
                                          {"version", "corun --version"},
                                          {"list", "corun ls"},
                                          {"jobs", "corun ls"},
                                          {"show", "corun plan"},
                                          {"dry-run", "corun plan"},
                                          {"validate", "corun check"},
                                          {"lint", "corun check"},
                                          {"retry", "corun resume"},
                                          {"new", "corun init"},
                                          {"runs", "corun history"},
                                          {"start", "corun run"},
                                          {"exec", "corun run"},
                                          {"completions", "corun completion"}}};
  for (const Meant& each : kMeant) {
    if (each.word == word) return each.line;
  }
  return {};
}

}  // namespace corun
