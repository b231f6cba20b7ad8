// Reads a whole file, or standard input. Knows nothing of what is in it.
#pragma once

#include <string>

#include "base/result.h"

namespace corun {

/// The bytes of `path`, of standard input for "-"; at most 64 MiB and one byte, so that too much is noticed. Throws
/// SetupError (66) if it can't be read.
std::string read_file(const std::string& path);

/// The same of a file, with the system's reason if it can't be read.
Result<std::string> try_read_file(const std::string& path);

}  // namespace corun
