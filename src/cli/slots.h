// How many jobs may run at once with the descriptors there are. Knows nothing of the jobs.
#pragma once

#include <cstdint>

namespace corun {

/// Places for processes and for requests (HTTP, SQL) that run at the same time.
struct Slots {
  std::uint32_t processes = 0;
  std::uint32_t http = 0;
};

/// `wanted`, or what of it `open_files` descriptors are enough for; at least one of each that was wanted. Where both have to
/// do with less, each gets half.
Slots slots_within(std::uint64_t open_files, Slots wanted);

}  // namespace corun
