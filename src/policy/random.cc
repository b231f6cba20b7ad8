// The default random generator and its seed. Knows nothing of what the numbers decide.
#include "policy/random.h"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>
#include <string_view>

namespace corun {
namespace {

std::uint64_t system_seed() {
  std::uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof seed)) return seed;
  // Early at boot the kernel may have none: the clock and the process tell most processes apart.
  const auto ticks = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  return ticks ^ (static_cast<std::uint64_t>(::getpid()) << 40);
}

}  // namespace

std::string random_uuid(Random& random) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string uuid = "xxxxxxxx-xxxx-4xxx-Nxxx-xxxxxxxxxxxx";
  for (char& c : uuid) {
    const auto digit = static_cast<std::size_t>(random.unit() * 16);
    if (c == 'x') c = kHexDigits[digit];
    if (c == 'N') c = kHexDigits[8 + digit % 4];
  }
  return uuid;
}

SystemRandom::SystemRandom() : state_(system_seed()) {}

double SystemRandom::unit() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  mixed ^= mixed >> 31;
  return static_cast<double>(mixed >> 11) * 0x1p-53;
}

}  // namespace corun
