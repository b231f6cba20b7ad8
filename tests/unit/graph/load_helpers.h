// Loading job files in tests. Knows nothing of what is tested.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "graph/load.h"

namespace corun::test {

/// Each file that a graph names is this one.
inline constexpr const char* kOtherFile = "version: 1\nvars: {region: us}\njobs: {a: {run: x}}\n";

inline LoadOptions options() {
  LoadOptions options;
  options.read_file = [](const std::string&) { return Result<std::string>(kOtherFile); };
  return options;
}

/// Loads a text that must be free of errors.
inline JobFile load(std::string_view text) {
  LoadResult result = load_job_file("dir/jobs.yml", std::string(text), options());
  INFO(render_all(result.diagnostics, result.omitted, result.sources));
  REQUIRE(result.file.has_value());
  return *std::move(result.file);
}

/// A file whose one job `a` is the map `job`, in flow form: "{run: x}".
inline std::string file_with(std::string_view job) { return "version: 1\njobs:\n  a: " + std::string(job) + "\n"; }

/// The one job of such a file.
inline Job job(std::string_view text) { return std::move(load(file_with(text)).top.jobs.at(0)); }

/// The findings of a text, short: "line:column CODE message".
inline std::vector<std::string> findings(std::string_view text) {
  const LoadResult result = load_job_file("jobs.yml", std::string(text), options());
  std::vector<std::string> lines;
  bool errors = false;
  for (const Diagnostic& diagnostic : result.diagnostics) {
    lines.push_back(std::to_string(diagnostic.place.line) + ':' + std::to_string(diagnostic.place.column) + ' ' +
                    diagnostic.code + ' ' + diagnostic.message);
    errors = errors || diagnostic.severity == Severity::error;
  }
  CHECK(result.file.has_value() != errors);
  return lines;
}

/// The same for a file with one job.
inline std::vector<std::string> job_findings(std::string_view job) { return findings(file_with(job)); }

using Lines = std::vector<std::string>;

/// The findings as they are shown.
inline std::string shown(std::string_view text) {
  const LoadResult result = load_job_file("jobs.yml", std::string(text), options());
  return render_all(result.diagnostics, result.omitted, result.sources);
}

}  // namespace corun::test
