// One file's text -> JobFile, among the files of one load. Knows nothing of where texts come from, and nothing of running.
#pragma once

#include <cstddef>
#include <string>
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

/// Reads the text of `state.source` into `state.file`. Gives at most `most_findings`.
TextFindings load_text(LoadState& state, std::size_t most_findings);

}  // namespace corun
