// Random digits that nobody can guess. Knows nothing of what they are for.
#pragma once

#include <cstddef>
#include <string>

namespace corun {

/// `bytes` of the kernel's randomness, at most 32, as lower-case hexadecimal digits.
std::string random_hex(std::size_t bytes);

}  // namespace corun
