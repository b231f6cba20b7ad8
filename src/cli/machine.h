// What corun asks the machine it runs on: cores, descriptors, where state is kept, a name for the run. Knows nothing of jobs.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/color.h"

namespace corun {

/// Cores this process may use; at least 1.
std::uint32_t usable_cores();

/// Raises the limit of open descriptors as far as is allowed. Gives the limit as it was, for child processes; nothing if it
/// is unchanged.
std::optional<rlimit> raise_open_files_limit();

/// How many descriptors this process may have open.
std::uint64_t open_files_limit();

/// Opens /dev/null for whichever of descriptors 0, 1 and 2 is closed, so that no file of ours takes its place.
void open_standard_descriptors();

/// Undoes what a parent may have left of signals where it would harm a run, and what the system does with some: while SIGCHLD is
/// ignored nobody learns how a child ended; a file that grows beyond `ulimit -f` is to be an error, not our end; and SIGUSR1
/// waits for whoever takes it, as does what asks the first process of a container to end: nobody else would know that it came.
void settle_signals();

/// Stops this process by a stop signal that is blocked, as if it weren't; goes on after SIGCONT, or at once where nobody could
/// send one (an orphaned process group).
void stop_by_signal(int signal);

/// Dies by `signal`, so that a shell sees it, and without a core dump, which would hold secrets; gives control back only if that
/// fails.
void die_by_signal(int signal);

/// $XDG_STATE_HOME/corun, else $HOME/.local/state/corun; "" if there is neither.
std::string default_state_dir(const GetVariable& variable);

/// What tells this machine from others: /etc/machine-id, else its name.
std::string machine_id();

/// The name of this machine; "?" if it has none.
std::string host_name();

/// A name for a run that starts now, such as `20260917T020003-4f1a08`: the time in UTC and six random digits.
std::string make_run_id(WallTime now, double random);

}  // namespace corun
