// `corun __complete`, which shells call while a command line is written. Knows nothing of running.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// Prints what may stand where the cursor is, first of all which files: `none`, `files`, `job_files` or `directories`, and
/// `nospace` if more follows in the same word. Says nothing of what is wrong, with job files or anything else.
///
/// `words WORD…`: a line each, the whole word and a description behind a tab. `bash LINE BREAKS`: what readline replaces its word
/// by.
int complete_command(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
