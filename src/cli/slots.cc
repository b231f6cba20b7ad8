// Descriptors divided among jobs. Knows nothing of the jobs.
#include "cli/slots.h"

#include <algorithm>

namespace corun {
namespace {

constexpr std::uint64_t kOwn = 24;        // corun's own, for a moment or for good
constexpr std::uint64_t kOfAProcess = 8;  // two pipes, pidfd, log, file for its input or output, its outputs
constexpr std::uint64_t kOfARequest = 2;  // socket; file of its body, its host's lookup, or what cancels it

std::uint32_t bounded(std::uint32_t wanted, std::uint64_t possible) {
  return wanted == 0 ? 0 : static_cast<std::uint32_t>(std::clamp<std::uint64_t>(possible, 1, wanted));
}

}  // namespace

Slots slots_within(std::uint64_t open_files, Slots wanted) {
  const std::uint64_t free = open_files - std::min(open_files, kOwn);
  const std::uint64_t of_requests =
      std::min(wanted.http * kOfARequest, std::max(free / 2, free - std::min(free, wanted.processes * kOfAProcess)));
  Slots slots;
  slots.processes = bounded(wanted.processes, (free - of_requests) / kOfAProcess);
  slots.http = bounded(wanted.http, of_requests / kOfARequest);
  return slots;
}

}  // namespace corun
