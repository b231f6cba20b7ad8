// Judges every expression of a job file before it runs, and notes what of each job's result others look at. Knows nothing of
// execution.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/definitions.h"
#include "expr/programs.h"
#include "expr/template.h"
#include "expr/variables.h"
#include "graph/job.h"

namespace corun {

/// Parts of a job's result that are kept for others only if somebody looks at them.
enum ResultPart : std::uint16_t {
  kState = 1U << 0,  ///< how it ended, with all that is small
  kOutputs = 1U << 1,
  kHeaders = 1U << 2,
  kBody = 1U << 3,
  kJson = 1U << 4,
  kStdout = 1U << 5,
  kStderr = 1U << 6,
  kLines = 1U << 7,
  kRows = 1U << 8,
  kEveryPart = (1U << 9) - 1,
};

/// What a run needs of its file's expressions.
struct Expressions {
  Programs programs;                    ///< compiled
  std::vector<std::uint16_t> used;      ///< by Job::id, ResultParts; empty: nobody looks at anybody
  std::vector<Definition> definitions;  ///< by Job::id
  std::vector<std::string> files;       ///< their paths, by Place::file
  std::vector<bool> rounds;             ///< by Job::id: whether it looks at `.previous`; empty: none does

  std::uint16_t used_of(const Job& job) const {
    const std::uint32_t id = job.written().id;
    return id < used.size() ? used[id] : std::uint16_t{0};
  }
  bool sees_previous(const Job& job) const {
    const std::uint32_t id = job.written().id;
    return id < rounds.size() && rounds[id];
  }
};

/// Checks every expression of `file`; what is wrong is added to `errors`. Programs are compiled if there are any.
Expressions check_expressions(const JobFile& file, const Variables& variables, std::vector<ExpressionError>& errors);

}  // namespace corun
