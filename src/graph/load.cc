// Loads a job file with all that its graphs name. Knows no files and no running.
#include "graph/load.h"

#include <utility>

#include "graph/load_state.h"
#include "graph/load_text.h"

namespace corun {

LoadResult load_job_file(std::string path, std::string text, const LoadOptions& options) {
  LoadShare share(options);
  share.sources.push_back(SourceText{std::move(path), std::move(text)});
  LoadState state(share, 0);
  TextFindings findings = load_text(state, options.max_diagnostics);
  state.file.limits = std::move(share.limits);
  state.file.breakers = std::move(share.breakers);
  LoadResult result;
  (findings.errors == 0 ? result.file : result.partial) = std::move(state.file);
  result.diagnostics = std::move(findings.diagnostics);
  result.omitted = findings.omitted;
  result.sources = std::move(share.sources);
  return result;
}

}  // namespace corun
