// Halts a jq that runs away: libjq itself knows no limit, and nothing else of corun runs meanwhile. Knows nothing of programs.
#pragma once

#include <chrono>
#include <cstddef>

struct jq_state;

namespace corun {

/// What one program may take.
struct JqLimits {
  std::chrono::milliseconds cpu = std::chrono::seconds(10);
  std::size_t memory = std::size_t{768} << 20U;  ///< bytes; libjq aborts the process when its stack reaches 2 GiB
};

/// Watches one jq while this lives; one at a time in a process.
class JqWatch {
 public:
  enum class Verdict { fine, too_long, too_large };

  JqWatch(jq_state* state, const JqLimits& limits);
  ~JqWatch();
  JqWatch(const JqWatch&) = delete;
  JqWatch& operator=(const JqWatch&) = delete;

  /// Why it was halted.
  Verdict verdict() const;
};

}  // namespace corun
