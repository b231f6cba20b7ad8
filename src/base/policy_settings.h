// Settings of the policies with their defaults (resilience.md): plain data. Knows nothing of YAML or of how they act.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace corun {

/// How a gather is decided; resilience.md §1.
enum class GatherPolicy : std::uint8_t { all, settled, any, race, quorum };

/// Pauses between attempts; resilience.md §3.
struct BackoffSettings {
  enum class Kind : std::uint8_t { constant, linear, exponential };
  enum class Jitter : std::uint8_t { none, full, equal, decorrelated };
  Kind kind = Kind::exponential;
  Jitter jitter = Jitter::full;
  double factor = 2;
  Duration delay = 500ms;
  Duration max_delay = 30s;
};

/// An inclusive range of codes: `500-599`, or one code twice.
struct CodeRange {
  int first = 0;
  int last = 0;
};

/// Which failures are tried again, where a job says so (`retry.on`); a part that isn't set keeps the default rules.
struct RetryOn {
  std::optional<std::vector<CodeRange>> exit_codes;
  std::optional<std::vector<CodeRange>> status;
  std::optional<bool> timeout;
  std::optional<bool> expect;
};

struct RetrySettings {
  std::uint32_t attempts = 1;  ///< counts the first try
  BackoffSettings backoff;
  std::optional<Duration> max_elapsed;
  Duration max_retry_after = 5min;  ///< a longer Retry-After fails at once
  std::optional<bool> idempotent;   ///< `idempotent`: whether it may be done twice; else by its method
  RetryOn on;
  bool own = false;  ///< its job says so itself, not the defaults
};

/// One more attempt beside one that takes long; resilience.md §5.
struct HedgeSettings {
  std::optional<Duration> after;  ///< since the last one began; nothing: `p95`, what 95 % of earlier ones took at most
  std::uint32_t max = 1;          ///< how many more, beside one attempt of the job
};

/// Circuit breaker; resilience.md §4.
struct BreakerSettings {
  enum class Mode : std::uint8_t { automatic, forced_open, forced_closed };
  double failure_ratio = 0.5;
  std::uint32_t min_calls = 5;
  std::uint32_t window = 20;         ///< calls
  Duration window_age = 1h;          ///< calls older than this don't count
  std::uint32_t consecutive = 5;     ///< 0: off
  std::optional<double> slow_ratio;  ///< trips on this share of slow calls
  Duration slow_after = 0s;          ///< slower than this is slow
  Duration open_for = 30s;
  Duration max_open_for = 10min;
  double open_factor = 2;
  std::uint32_t probes = 1;     ///< at once, half-open
  std::uint32_t successes = 0;  ///< to close; 0: what keeps `probes` calls below failure_ratio (1 of 1)
  bool count_expect_failures = false;
  Mode mode = Mode::automatic;
};

/// Bulkhead and rate; resilience.md §5.
struct LimitSettings {
  std::optional<std::uint32_t> concurrency;
  std::optional<std::uint32_t> max_queue;
  std::optional<std::uint32_t> rate_count;  ///< permits …
  Duration rate_period = 1s;                ///< … a period
  std::uint32_t burst = 1;
};

}  // namespace corun
