// Tells a process from all others, also from later ones of its number, and reaches it. Knows nothing of what processes do.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/unique_fd.h"

namespace corun {

/// Which process it is.
struct ProcessIdentity {
  std::string machine;  ///< boot and process namespace, in which numbers mean something
  pid_t pid = 0;
  std::uint64_t birth = 0;  ///< since boot, in the kernel's ticks
};

/// This process.
ProcessIdentity own_identity();

/// What `find_process` finds.
enum class Whereabouts : std::uint8_t {
  here,
  gone,
  elsewhere,  ///< in another container, where it can be neither seen nor reached
};

/// Where a process is; if it is here, `process` becomes its pidfd, which stays its own even if the number is used again.
Whereabouts find_process(const ProcessIdentity& identity, UniqueFd& process);

/// Sends a signal to the process of a pidfd; one that is gone gets none.
void send_signal(const UniqueFd& process, int signal);

}  // namespace corun
