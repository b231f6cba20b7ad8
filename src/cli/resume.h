// Finds the run that a run takes up, and what it was started with. Knows nothing of jobs.
#pragma once

#include <optional>
#include <vector>

#include "cli/arguments.h"
#include "io/orphans.h"
#include "state/past_runs.h"
#include "state/run_lock.h"

namespace corun {

/// A run that is taken up. As long as this lives, no other process can take it up.
struct EarlierRun {
  std::vector<PastRun> chain;  ///< it, then the one that it has taken up itself, and so on
  EarlierJobs jobs;
  std::optional<RunLock> lock;
};

/// Of `corun resume`: the arguments of the run that is asked for, with those of `asked` added; changes to the directory where
/// that was started. Throws SetupError if there is no such run, or nothing to resume.
Arguments arguments_of_earlier(const Arguments& asked, const GetVariable& variable);

/// The arguments that a past run was started with; nothing if this corun doesn't understand them.
std::optional<Arguments> arguments_of(const PastRun& run, const GetVariable& variable);

/// The run that `arguments` say is to be taken up; nothing if there is none. Throws SetupError if it still runs.
std::optional<EarlierRun> find_earlier(Store& store, const Arguments& arguments);

/// Ends what is left of processes of the run's jobs, but for what a job has left that is done: one that had changed and was
/// killed when it ran once more isn't.
OrphansEnded end_left_over(const EarlierRun& earlier);

/// The job file as runs know it: an absolute path without symbolic links; "-" for standard input.
std::string known_file(const std::string& path);

/// The state directory that `arguments` ask for; "": none. Throws SetupError if one is named that can't be used.
std::string state_directory(const Arguments& arguments, const GetVariable& variable);

}  // namespace corun
