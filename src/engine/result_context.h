// A result as expressions see it. Knows nothing of how it came about.
#pragma once

#include <cstdint>

#include "base/job_result.h"
#include "expr/context.h"
#include "expr/json.h"
#include "io/executor.h"

namespace corun {

/// The body of a response, else what a process wrote to stdout.
const std::string& content_of(const ActionResult& result);

/// Which of a process's outputs there was more of than is kept, and somebody looked at what is left nevertheless.
struct CutOutputs {
  bool standard_output = false;
  bool standard_error = false;
};

/// Sets exit_code, signal, status, headers, body, json, stdout, stderr, lines, rows, file, size, time and attempts in `context`.
/// `result` must outlive it. Header names are in lower case; repeated ones are joined by ", ".
/// Where a secret is found, the name is tainted. `seen` is set by and by, when values are asked for; it must outlive `context`.
void add_result(Context& context, const ActionResult& result, Duration elapsed, std::uint32_t attempts, CutOutputs& seen);

/// The ResultParts `parts` of a result that others look at, as fields of a map; null if `parts` is 0.
Json describe_result(const ActionResult& result, Duration elapsed, std::uint16_t parts, CutOutputs& seen);

/// How a job ended, as `.jobs.NAME` has it besides the result: state, outcome, conclusion, attempts, error.
void describe_end(Json& map, const JobResult& result);

/// A failure as `.error` has it; null if `outcome` is none.
Json describe_error(const Outcome& outcome);

}  // namespace corun
