// The breaker's transitions. Knows no clock, no store and no jobs.
#include "policy/breaker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policy/scale.h"
#include "policy/sqlstate.h"

namespace corun {
namespace {

struct Counts {
  std::uint32_t calls = 0;
  std::uint32_t failures = 0;
  std::uint32_t slow = 0;
};

// A ratio is compared with a share of whole calls: a part in a billion is rounding, not intent.
constexpr double kRatioTolerance = 1e-9;

bool reaches(std::uint32_t part, std::uint32_t all, double ratio) {
  return static_cast<double>(part) >= (ratio - kRatioTolerance) * static_cast<double>(all);
}

Counts count(const std::deque<BreakerState::Call>& window, TimePoint now, Duration oldest) {
  Counts counts;
  for (const BreakerState::Call& call : window) {
    if (now - call.ended > oldest) continue;
    ++counts.calls;
    counts.failures += static_cast<std::uint32_t>(call.failed);
    counts.slow += static_cast<std::uint32_t>(call.slow);
  }
  return counts;
}

}  // namespace

const char* to_string(BreakerPhase phase) {
  switch (phase) {
    case BreakerPhase::closed: return "closed";
    case BreakerPhase::open: return "open";
    case BreakerPhase::half_open: return "half-open";
  }
  return "unknown";
}

Breaker::Breaker(const BreakerSettings& settings, Random& random) : settings_(settings), random_(&random) {
  state_.mode = settings.mode;
}

Breaker::Breaker(const BreakerSettings& settings, Random& random, BreakerState state)
    : settings_(settings), random_(&random), state_(std::move(state)) {}

Breaker::Decision Breaker::peek(TimePoint now) const {
  if (state_.mode == Mode::forced_closed) return {true, {}, {}};
  if (state_.mode == Mode::forced_open) return {false, {}, {}};
  switch (state_.phase) {
    case BreakerPhase::closed: break;
    case BreakerPhase::open: {
      const Duration left = state_.opened_at + state_.open_for - now;
      if (left <= Duration::zero()) break;
      return {false, {}, std::min(left, state_.open_for)};  // clocks may have been set back
    }
    case BreakerPhase::half_open:
      if (state_.probes_running >= std::max(1U, settings_.probes)) return {false, {}, {}};
      if (state_.probes_running + state_.probe_successes + state_.probe_failures >= trial_calls()) return {false, {}, {}};
      break;
  }
  return {true, {}, {}};
}

Breaker::Decision Breaker::try_acquire(TimePoint now) {
  const bool automatic = state_.mode == Mode::automatic;
  // A clock set back: the period begins anew rather than lasting until that clock catches up.
  if (automatic && state_.phase == BreakerPhase::open && now < state_.opened_at) state_.opened_at = now;
  Decision decision = peek(now);
  if (!decision.allowed) return decision;
  if (automatic && state_.phase == BreakerPhase::open) enter(BreakerPhase::half_open);
  decision.permit = {state_.generation, automatic && state_.phase == BreakerPhase::half_open};
  if (decision.permit.probe) ++state_.probes_running;
  return decision;
}

void Breaker::record(const Permit& permit, TimePoint now, CallResult result, Duration took) {
  if (permit.generation != state_.generation || state_.mode != Mode::automatic) return;
  if (permit.probe) {
    --state_.probes_running;
    state_.lost_probes = 0;
  }
  if (result == CallResult::neutral) return;
  const bool failed = result == CallResult::failure;
  const bool slow = settings_.slow_ratio && took > settings_.slow_after;
  if (permit.probe) {
    record_probe(now, failed || slow);
  } else {
    record_closed(now, failed, slow);
  }
}

void Breaker::lose_probe(TimePoint now) {
  if (state_.mode != Mode::automatic || state_.phase != BreakerPhase::half_open || state_.probes_running == 0) return;
  --state_.probes_running;
  if (++state_.lost_probes < 2) return;
  ++state_.reopened;
  open(now);
}

void Breaker::set_mode(Mode mode) {
  if (mode == state_.mode) return;
  state_.mode = mode;
  state_.probes_running = 0;  // their permits are void: this is a new generation
  ++state_.generation;
}

void Breaker::reset() {
  state_.reopened = 0;
  enter(BreakerPhase::closed);
}

double Breaker::failure_ratio(TimePoint now) const {
  const Counts counts = count(state_.window, now, settings_.window_age);
  return counts.calls == 0 ? 0 : static_cast<double>(counts.failures) / static_cast<double>(counts.calls);
}

void Breaker::enter(BreakerPhase phase) {
  state_.phase = phase;
  ++state_.generation;
  state_.window.clear();
  state_.consecutive_failures = 0;
  state_.probes_running = state_.probe_successes = state_.probe_failures = state_.lost_probes = 0;
}

void Breaker::open(TimePoint now) {
  enter(BreakerPhase::open);
  const Duration plain = grown(settings_.open_for, settings_.open_factor, state_.reopened, settings_.max_open_for);
  state_.opened_at = now;
  state_.open_for = scaled(plain, 1 + 0.2 * (random_->unit() - 0.5));
}

void Breaker::record_closed(TimePoint now, bool failed, bool slow) {
  state_.consecutive_failures = failed ? state_.consecutive_failures + 1 : 0;
  state_.window.push_back({now, failed, slow});
  while (state_.window.size() > std::max(1U, settings_.window)) state_.window.pop_front();
  while (now - state_.window.front().ended > settings_.window_age) state_.window.pop_front();
  if (trips(now)) open(now);
}

bool Breaker::trips(TimePoint now) const {
  if (settings_.consecutive > 0 && state_.consecutive_failures >= settings_.consecutive) return true;
  const Counts counts = count(state_.window, now, settings_.window_age);
  // A window smaller than `min_calls` is judged when it is full.
  if (counts.calls < std::min(settings_.min_calls, settings_.window)) return false;
  if (counts.failures > 0 && reaches(counts.failures, counts.calls, settings_.failure_ratio)) return true;
  return settings_.slow_ratio && counts.slow > 0 && reaches(counts.slow, counts.calls, *settings_.slow_ratio);
}

void Breaker::record_probe(TimePoint now, bool failed) {
  ++(failed ? state_.probe_failures : state_.probe_successes);
  if (state_.probe_successes >= trial_successes()) {
    reset();
  } else if (state_.probe_failures > trial_calls() - trial_successes()) {
    ++state_.reopened;
    open(now);
  }
}

std::uint32_t Breaker::trial_calls() const { return std::max({1U, settings_.probes, settings_.successes}); }

std::uint32_t Breaker::trial_successes() const {
  if (settings_.successes > 0) return settings_.successes;
  const std::uint32_t calls = trial_calls();
  // The fewest failures that reach the ratio are one too many.
  const double too_many = std::ceil((settings_.failure_ratio - kRatioTolerance) * static_cast<double>(calls));
  return calls - std::clamp<std::uint32_t>(static_cast<std::uint32_t>(std::max(1.0, too_many)), 1, calls) + 1;
}

CallResult classify_for_breaker(const Outcome& outcome, bool count_expect_failures) {
  if (outcome.ok()) return outcome.unsent ? CallResult::neutral : CallResult::success;  // nothing was asked of the peer
  if (outcome.network_down) return CallResult::neutral;
  switch (outcome.kind) {
    case FailureKind::exit_code:
      // What a shell gives for a command it can't start.
      return outcome.exit_code == 126 || outcome.exit_code == 127 ? CallResult::neutral : CallResult::failure;
    case FailureKind::http_status:
      return outcome.http_status >= 500 || outcome.http_status == 429 ? CallResult::failure : CallResult::neutral;
    case FailureKind::sql_error: return is_server_trouble(outcome.sqlstate.data()) ? CallResult::failure : CallResult::neutral;
    case FailureKind::expectation: return count_expect_failures ? CallResult::failure : CallResult::neutral;
    case FailureKind::signal:
    case FailureKind::attempt_timeout:
    case FailureKind::connect_timeout:
    case FailureKind::idle_timeout:
    case FailureKind::resolve:
    case FailureKind::connect:
    case FailureKind::tls_handshake:
    case FailureKind::tls_trust:
    case FailureKind::transfer:
    case FailureKind::checksum:
    case FailureKind::group: return CallResult::failure;
    default: return CallResult::neutral;
  }
}

}  // namespace corun
