// One file's text -> JobFile, among the files of one load. Knows nothing of where texts come from, and nothing of running.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/diagnostic.h"
#include "graph/load_state.h"

namespace corun {

/// What was found in a text.
struct TextFindings {
  std::vector<Diagnostic> diagnostics;  ///< by place
  std::size_t omitted = 0;              ///< more of them, beyond those asked for
  std::size_t errors = 0;
};

/// Why `text`, of the file with this number in its load, can't be handed to the YAML parser at all; nothing: it can.
std::optional<Diagnostic> check_text(std::string_view text, std::uint32_t file);

/// Reads the text of `state.source` into `state.file`. Gives at most `most_findings`.
TextFindings load_text(LoadState& state, std::size_t most_findings);

}  // namespace corun
