// The one door into this room: the text of a job file -> JobFile, or what is wrong with it. Knows no files and no running.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/diagnostic.h"
#include "graph/job.h"

namespace corun {

struct LoadOptions {
  std::size_t max_diagnostics = kMostDiagnostics;  ///< more are only counted
  /// Gives the text of a file that a graph names, or the reason why it can't be read. Null: there are no other files.
  std::function<Result<std::string>(const std::string& path)> read_file = nullptr;
};

struct LoadResult {
  std::optional<JobFile> file;          ///< there is one exactly if no diagnostic is an error
  std::optional<JobFile> partial;       ///< what could be read of a file with errors: only to find more of them
  std::vector<Diagnostic> diagnostics;  ///< by place
  std::size_t omitted = 0;              ///< diagnostics beyond LoadOptions::max_diagnostics
  SourceTexts sources;                  ///< what was read: the file, then those that its graphs name
};

/// Reads a job file's text, and the files its graphs name. `path` is named in JobFile::path; the files are looked for beside it.
/// Throws nothing but std::bad_alloc.
LoadResult load_job_file(std::string path, std::string text, const LoadOptions& options = {});

}  // namespace corun
