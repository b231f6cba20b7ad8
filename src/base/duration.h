// Durations as people write and read them: `250ms`, `30s`, `1h30m`. Knows nothing of YAML or of clocks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace corun {

/// Reads `250ms`, `30s`, `5m`, `2h`, `1d`, `1.5s` or a sum such as `1h30m` (units in falling order, each at most once;
/// ns, us, ms, s, m, h, d). Nothing for anything else: a bare number, a sign, an overflow.
std::optional<Duration> parse_duration(std::string_view text);

/// Shortest exact form that `parse_duration` reads back, such as `1m30s` or `250ms`; `0s` for zero.
std::string format_duration(Duration duration);

/// For people: two or three significant digits, such as `1.2s`, `41ms`, `3m07s`, `2h05m`.
std::string format_elapsed(Duration duration);

}  // namespace corun
