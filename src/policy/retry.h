// Whether a failed attempt is followed by another one, and after which pause. Knows no clock and no job graph.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/outcome.h"
#include "base/policy_settings.h"
#include "policy/backoff.h"
#include "policy/budget.h"

namespace corun {

/// Whether this kind of failure may be tried again (resilience.md §3). `http_method` is `SQL` for a statement, which may not
/// be sent twice, and empty for what isn't a request.
///
/// By default: an exit code other than 126 and 127, a signal, a process that the system didn't start, timeouts of one
/// attempt, no connection, a connection that broke, a wrong checksum, 408, 425, 429, 500, 502, 503, 504, an SQLSTATE of passing
/// trouble, a group, and rejections by corun's own breakers and limits. Where `settings.on` names codes, exactly these (a signal
/// counts as 128 + n); 126, 127 and 501 only where named on their own, not by a wider range. Whatever the settings: never a
/// command that can't be executed, an untrusted peer, an invalid request, an answer that is too big or redirects too often, a
/// cancellation, the job's or the run's own timeout.
///
/// A request whose method may not be sent twice (all but GET HEAD OPTIONS TRACE PUT DELETE) only if it has had no effect
/// (Outcome::unsent), it has an Idempotency-Key, or the job says `idempotent`. Whatever the job says isn't: only if it has had
/// none.
bool is_retryable(const Outcome& outcome, const RetrySettings& settings, std::string_view http_method, bool has_idempotency_key);

/// What decide_retry has to know.
struct RetryQuestion {
  const RetrySettings& settings;
  const Outcome& outcome;                            ///< of the attempt that just ended
  std::uint32_t attempt = 1;                         ///< its number, from 1
  Duration elapsed{};                                ///< since the job was ready
  std::optional<Duration> time_left = std::nullopt;  ///< until the nearest deadline over all attempts (total, run); nothing: none
  std::string_view http_method = {};                 ///< as for is_retryable
  bool has_idempotency_key = false;
  const RetryBudget* budget = nullptr;  ///< null: the job has no breaker
};

struct RetryDecision {
  bool retry = false;
  Duration delay{};    ///< before the next attempt
  std::string reason;  ///< why not, for people; empty if there is nothing to say (success, no retry asked for)
};

/// Decides after an attempt. Takes the next pause from `backoff` only when the answer depends on it. Stops at once, without
/// a pause, where the next attempt would not begin before `time_left` or `max_elapsed` is over.
///
/// A Retry-After of a 429 or 503 is a lower bound: the pause is max(backoff, Retry-After); with jitter, a Retry-After that
/// is the longer of both gets the backoff's own pause on top, at most a tenth of it. One longer than `max_retry_after` or than
/// what is left stops. An open breaker's is no bound, but stops too if it is longer than what is left.
RetryDecision decide_retry(const RetryQuestion& question, Backoff& backoff);

}  // namespace corun
