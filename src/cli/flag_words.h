// What is said of each flag: by --help, by the manual, by completions. Knows nothing of their values.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cli/commands.h"
#include "cli/flags.h"

namespace corun {

/// The words for one flag. A flag may have several rows: the first one that is for the command counts.
struct FlagWords {
  std::string_view name;
  std::string_view group;               ///< the heading it stands below: "how they run"
  std::string_view value;               ///< what its value is called: "N|auto"; "": it has none
  std::string_view description;         ///< without a line break or a full stop at the end
  Words words = Words::text;            ///< of its value
  std::string_view choices = {};        ///< of Words::choice: "auto|always|never"; of other words what may stand there besides
  std::uint32_t commands = UINT32_MAX;  ///< bits of CommandKind
};

/// The headings, in order.
std::span<const std::string_view> flag_groups();

/// All rows, below each heading in the order they are shown.
std::span<const FlagWords> flag_words();

/// What is said of a flag of a command; null if there is nothing.
const FlagWords* words_for(const Flag& flag, CommandKind command);

}  // namespace corun
