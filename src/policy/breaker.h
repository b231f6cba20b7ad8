// One circuit breaker as a state machine. Knows no clock, no store and no jobs.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "base/outcome.h"
#include "base/policy_settings.h"
#include "policy/random.h"

namespace corun {

/// What a call says about what it called. Neutral: nothing (cancelled, rejected by ourselves, never got there).
enum class CallResult : std::uint8_t { success, failure, neutral };

/// How an attempt counts (resilience.md §4). `count_expect_failures`: an answer that `expect` refuses is a failure, else
/// it is neutral.
CallResult classify_for_breaker(const Outcome& outcome, bool count_expect_failures);

enum class BreakerPhase : std::uint8_t { closed, open, half_open };

/// As in reports: "closed", "open", "half-open".
const char* to_string(BreakerPhase phase);

/// All that a breaker remembers: what a store writes down and reads back.
struct BreakerState {
  struct Call {
    TimePoint ended;
    bool failed = false;
    bool slow = false;
    bool operator==(const Call&) const = default;
  };
  bool operator==(const BreakerState&) const = default;

  BreakerSettings::Mode mode = BreakerSettings::Mode::automatic;
  BreakerPhase phase = BreakerPhase::closed;
  std::uint64_t generation = 0;            ///< bumped by each transition and change of mode
  std::deque<Call> window;                 ///< closed: the calls that count, oldest first
  std::uint32_t consecutive_failures = 0;  ///< closed
  TimePoint opened_at{};                   ///< open
  Duration open_for{};                     ///< open
  std::uint32_t reopened = 0;              ///< k: trials failed in a row since it was last closed
  std::uint32_t probes_running = 0;        ///< half-open
  std::uint32_t probe_successes = 0;       ///< half-open
  std::uint32_t probe_failures = 0;        ///< half-open
  std::uint32_t lost_probes = 0;           ///< half-open: in a row
};

/// A circuit breaker (resilience.md §4), used in two phases: `peek` on entry, `try_acquire` at dispatch; every permit is
/// given back by `record`.
///
/// Closed, it opens when, after any recorded call, the last `consecutive` calls failed, or the window (the last `window`
/// calls, none older than `window_age`) holds at least `min_calls` calls and its share of failures reaches
/// `failure_ratio`, or its share of slow calls `slow_ratio`.
///
/// Open for min(open_for · open_factorᵏ, max_open_for) ± 10 %, then the next call makes it half-open.
///
/// Half-open is a trial of N = max(probes, successes) calls, at most `probes` of them at once. `successes` of them
/// close it; where that isn't set, so many that the failures among N stay below `failure_ratio` (1 of 1, 3 of 4 at 0.5).
/// It is decided as soon as the outcome is fixed: enough successes close it, more failures than N leaves room for
/// open it again with k + 1. A neutral call gives its place in the trial back. Where `slow_ratio` is set, a slow probe
/// is a failed one. A probe of which nothing is heard any more (`lose_probe`) is neutral; two in a row open it again with k + 1.
class Breaker {
 public:
  using Mode = BreakerSettings::Mode;

  /// Names the trial or period a call belongs to; give it to `record`.
  struct Permit {
    std::uint64_t generation = 0;
    bool probe = false;
  };

  /// `retry_after` of a rejection: when the next call may be let through; nothing where that can't be known (forced
  /// open, or the trial's places are taken). `permit` is set by `try_acquire` when it allows the call.
  struct Decision {
    bool allowed = false;
    Permit permit;
    std::optional<Duration> retry_after;
  };

  /// `random` must outlive this.
  Breaker(const BreakerSettings& settings, Random& random);
  /// Goes on from a stored state, whose mode counts.
  Breaker(const BreakerSettings& settings, Random& random, BreakerState state);

  /// What `try_acquire` would say, without a permit; changes nothing.
  Decision peek(TimePoint now) const;
  /// Lets one call through, or rejects it.
  Decision try_acquire(TimePoint now);
  /// The call with `permit` ended after `took`. Changes nothing if a transition came in between.
  void record(const Permit& permit, TimePoint now, CallResult result, Duration took);
  /// A probe of this trial won't be recorded any more.
  void lose_probe(TimePoint now);

  /// Switches between the modes by hand; back in `automatic` it is as it was.
  void set_mode(Mode mode);
  /// Closes it and forgets all calls.
  void reset();

  const BreakerState& state() const { return state_; }
  BreakerPhase phase() const { return state_.phase; }
  /// Share of failures among the calls in the window at `now`; 0 if there are none.
  double failure_ratio(TimePoint now) const;

 private:
  void enter(BreakerPhase phase);
  void open(TimePoint now);
  void record_closed(TimePoint now, bool failed, bool slow);
  void record_probe(TimePoint now, bool failed);
  bool trips(TimePoint now) const;
  std::uint32_t trial_calls() const;
  std::uint32_t trial_successes() const;

  BreakerSettings settings_;
  Random* random_;
  BreakerState state_;
};

}  // namespace corun
