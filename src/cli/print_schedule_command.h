// `corun cron print` and `corun systemd print`: how a job file is run on a schedule. Knows nothing of running.
#pragma once

#include <string>

#include "cli/arguments.h"

namespace corun {

/// Writes the crontab line, or the units, to standard output; gives the exit code. Throws SetupError for what can't be printed.
int print_schedule_command(const Arguments& arguments, const GetVariable& variable);

/// What is wrong with the schedule of a crontab line; "": nothing.
std::string cron_schedule_problem(const std::string& schedule);

/// The same of OnCalendar= of a timer, as far as that can be told from its form.
std::string calendar_problem(const std::string& when);

}  // namespace corun
