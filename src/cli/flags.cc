// The table of flags. Knows nothing of their values.
#include "cli/flags.h"

#include <array>

namespace corun {
namespace {

constexpr std::uint8_t kRun = static_cast<std::uint8_t>(CommandKind::run);
constexpr std::uint8_t kCheck = static_cast<std::uint8_t>(CommandKind::check);
constexpr std::uint8_t kPlan = static_cast<std::uint8_t>(CommandKind::plan);
constexpr std::uint8_t kGraph = kRun | kPlan;
constexpr std::uint8_t kAll = kRun | kCheck | kPlan;

constexpr std::array kFlags = {
    Flag{"jobs", 'j', FlagKind::value, kGraph},
    Flag{"max-http", 0, FlagKind::value, kGraph},
    Flag{"keep-going", 'k', FlagKind::on, kGraph},
    Flag{"fail-fast", 0, FlagKind::on, kGraph},
    Flag{"timeout", 0, FlagKind::value, kGraph},
    Flag{"dry-run", 'n', FlagKind::on, kRun},
    Flag{"only", 0, FlagKind::list, kGraph},
    Flag{"skip", 0, FlagKind::list, kGraph},
    Flag{"set", 0, FlagKind::list, kGraph},
    Flag{"env", 'e', FlagKind::list, kGraph},
    Flag{"secret", 0, FlagKind::list, kGraph},
    Flag{"env-file", 0, FlagKind::list, kGraph},
    Flag{"output-format", 'o', FlagKind::value, kGraph},
    Flag{"quiet", 'q', FlagKind::count, kRun},
    Flag{"verbose", 'v', FlagKind::count, kRun},
    Flag{"state-dir", 0, FlagKind::value, kRun},
    Flag{"no-state", 0, FlagKind::on, kRun},
    Flag{"format", 0, FlagKind::value, kCheck},
    Flag{"color", 0, FlagKind::value, kAll},
    Flag{"directory", 'C', FlagKind::value, kAll},
};

}  // namespace

std::span<const Flag> flags() { return kFlags; }

std::string Flag::variable() const {
  std::string variable = "CORUN_";
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return variable;
}

}  // namespace corun
