// What GitHub Actions is told of a run, as text: commands of its log, outputs and summary of a step. Knows nothing of files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/run_timeline.h"

namespace corun {

/// The commands that hide `secret` in all logs from now on, a line of it each; lines too short to be told from other text aren't
/// hidden.
std::string github_masks(std::string_view secret);

/// Where the files of a run are.
struct GithubPlace {
  std::string workspace;  ///< what GitHub names files from; "": unknown
  std::string directory;  ///< what the run names them from
};

/// An error for each job that failed the run, at its place in its file: at most 9, then how many more, as a step has no more than
/// 10.
std::string github_annotations(const RunTimeline& timeline, const GithubPlace& place);

/// Outputs by name as lines for the file named by GITHUB_OUTPUT. `token` ends values: nobody else may know it. Names that GitHub
/// doesn't take are left out.
std::string github_outputs(const std::vector<std::pair<std::string, std::string>>& outputs, std::string_view token);

/// The run as a Markdown table, what failed first, of at most `most` bytes.
std::string github_summary(const RunTimeline& timeline, std::size_t most);

}  // namespace corun
