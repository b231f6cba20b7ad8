// The commands that print what the program knows of itself. Know nothing of running.
#pragma once

#include "cli/arguments.h"

namespace corun {

/// `corun schema [events]`.
int schema_command(const Arguments& arguments);

/// `corun completion SHELL`.
int completion_command(const Arguments& arguments);

/// `corun explain [CODE]`. Throws SetupError if there is no such code.
int explain_command(const Arguments& arguments);

/// `corun __manual TEMPLATE`: a page of the manual on standard output, with what the tables know put into the template.
int manual_command(const Arguments& arguments);

/// `corun init [FILE]`. Throws SetupError if a file is there already or can't be written.
int init_command(const Arguments& arguments);

}  // namespace corun
