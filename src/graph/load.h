// The one door into this room: the text of a job file -> JobFile, or what is wrong with it. Knows no files and no running.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/diagnostic.h"
#include "graph/job.h"

namespace corun {

struct LoadOptions {
  std::size_t max_diagnostics = kMostDiagnostics;  ///< more are only counted
};

struct LoadResult {
  std::optional<JobFile> file;          ///< there is one exactly if no diagnostic is an error
  std::optional<JobFile> partial;       ///< what could be read of a file with errors: only to find more of them
  std::vector<Diagnostic> diagnostics;  ///< by place
  std::size_t omitted = 0;              ///< diagnostics beyond LoadOptions::max_diagnostics
};

/// Reads a job file's text. `path` is only named, in JobFile::path. Throws nothing but std::bad_alloc. `text` is needed
/// again to render the diagnostics; the result doesn't view it.
LoadResult load_job_file(std::string path, std::string_view text, const LoadOptions& options = {});

}  // namespace corun
