// Random numbers for jitter, as an interface that tests script. Knows nothing of what the numbers decide.
#pragma once

#include <cstdint>
#include <string>

namespace corun {

/// A source of random numbers.
class Random {
 public:
  virtual ~Random() = default;
  /// Uniform in [0, 1).
  virtual double unit() = 0;
};

/// A random UUID (version 4): unlikely to meet again, but no secret.
std::string random_uuid(Random& random);

/// Good enough to spread work in time; not for secrets. The generator is splitmix64 (Steele, Lea, Flood 2014).
class SystemRandom final : public Random {
 public:
  /// Seeded by the kernel, so that processes started together differ.
  SystemRandom();
  /// The same seed gives the same numbers.
  explicit SystemRandom(std::uint64_t seed) : state_(seed) {}
  double unit() override;

 private:
  std::uint64_t state_;
};

}  // namespace corun
