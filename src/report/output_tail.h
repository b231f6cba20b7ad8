// The last lines of a job's output, for people who look at its failure. Knows nothing of where they are shown.
#pragma once

#include <string>

#include "base/output_log.h"

namespace corun {

/// The last 10 lines of `log`, at most 4 KiB; "" if it is empty. Ends with a newline; starts with "…" in mid-line if cut.
std::string output_tail(const OutputLog& log);

/// The same of `text`, which is all there is or (`whole` is false) the end of it.
std::string last_lines(std::string text, bool whole);

}  // namespace corun
