// Random digits. Knows nothing of what they are for.
#include "base/random_hex.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace corun {

std::string random_hex(std::size_t bytes) {
  std::array<unsigned char, 32> random{};
  bytes = std::min(bytes, random.size());
  std::size_t size = 0;
  while (size < bytes) {  // so few bytes come at once; but a signal may come before
    const ssize_t count = ::getrandom(random.data() + size, bytes - size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "no random numbers");
    size += static_cast<std::size_t>(count);
  }
  std::string digits;
  for (std::size_t i = 0; i < bytes; ++i) {
    digits += "0123456789abcdef"[random[i] >> 4];
    digits += "0123456789abcdef"[random[i] & 15];
  }
  return digits;
}

}  // namespace corun
