// A file of variables: a YAML or JSON text -> values by name, or what is wrong with it. Knows no files and no job file.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/diagnostic.h"
#include "graph/value.h"

namespace corun {

struct VariablesResult {
  std::map<std::string, Value, std::less<>> values;  ///< what looks like an expression is text
  std::vector<Diagnostic> diagnostics;               ///< by place; with an error among them the values are of no use
  std::size_t omitted = 0;                           ///< diagnostics beyond those
  SourceTexts sources;                               ///< the file
};

/// Reads a map of names to values. Names must be among `known`, the variables of the job file at `job_file`.
VariablesResult load_variables(std::string path, std::string text, std::span<const std::string_view> known,
                               std::string_view job_file);

}  // namespace corun
