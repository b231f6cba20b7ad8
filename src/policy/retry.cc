// The rules of retrying. Knows no clock and no job graph.
#include "policy/retry.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/duration.h"
#include "base/http_methods.h"
#include "policy/sqlstate.h"

namespace corun {
namespace {

constexpr std::array<int, 7> kRetriedStatus{408, 425, 429, 500, 502, 503, 504};
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;
constexpr int kNotImplemented = 501;

bool names(const std::vector<CodeRange>& ranges, int code) {
  const bool only_by_itself = code == kNotExecutable || code == kNotFound || code == kNotImplemented;
  return std::any_of(ranges.begin(), ranges.end(), [&](const CodeRange& range) {
    return range.first <= code && code <= range.last && (!only_by_itself || range.first == range.last);
  });
}

bool exit_code_is_retried(int code, const RetryOn& on) {
  if (on.exit_codes) return names(*on.exit_codes, code);
  return code != kNotExecutable && code != kNotFound;
}

bool status_is_retried(int status, const RetryOn& on) {
  if (on.status) return names(*on.status, status);
  return std::find(kRetriedStatus.begin(), kRetriedStatus.end(), status) != kRetriedStatus.end();
}

bool kind_is_retried(const Outcome& outcome, const RetryOn& on) {
  switch (outcome.kind) {
    case FailureKind::exit_code: return exit_code_is_retried(outcome.exit_code, on);
    case FailureKind::signal: return exit_code_is_retried(128 + outcome.signal, on);
    case FailureKind::http_status: return status_is_retried(outcome.http_status, on);
    case FailureKind::sql_error: return is_transient_sqlstate(outcome.sqlstate.data());
    case FailureKind::expectation: return on.expect.value_or(false);
    case FailureKind::attempt_timeout:
    case FailureKind::connect_timeout:
    case FailureKind::idle_timeout:
    case FailureKind::queue_timeout: return on.timeout.value_or(true);
    case FailureKind::resolve:
    case FailureKind::connect:
    case FailureKind::tls_handshake:
    case FailureKind::transfer:
    case FailureKind::checksum:
    case FailureKind::spawn:
    case FailureKind::breaker_open:
    case FailureKind::limit_full:
    case FailureKind::group: return true;
    default: return false;
  }
}

// Nothing of a request that was never dispatched can have reached anybody.
bool never_dispatched(FailureKind kind) {
  return kind == FailureKind::breaker_open || kind == FailureKind::limit_full || kind == FailureKind::queue_timeout;
}

bool may_do_twice(const RetrySettings& settings, std::string_view http_method, bool has_idempotency_key) {
  if (settings.idempotent) return *settings.idempotent;
  return http_method.empty() || has_idempotency_key || is_idempotent(http_method);
}

bool may_repeat_request(const Outcome& outcome, const RetrySettings& settings, std::string_view http_method,
                        bool has_idempotency_key) {
  return outcome.unsent || never_dispatched(outcome.kind) || outcome.kind == FailureKind::spawn ||
         may_do_twice(settings, http_method, has_idempotency_key);
}

// For messages: what is below a thousandth of the whole isn't worth reading.
std::string readable(Duration duration) {
  const Duration unit = duration >= 10s ? Duration(1s) : duration >= 10ms ? Duration(1ms) : Duration(1);
  return format_duration(duration - duration % unit);
}

// How long the next attempt may be put off, and what sets that limit.
struct Patience {
  std::optional<Duration> left;
  const char* limit = "";

  bool exceeded_by(Duration delay) const { return left && delay >= *left; }
};

Patience patience_of(const RetryQuestion& question) {
  Patience patience{question.time_left, "the time left"};
  if (const auto& most = question.settings.max_elapsed) {
    const Duration rest = *most - question.elapsed;
    if (!patience.left || rest < *patience.left) patience = {rest, "what is left of max_elapsed"};
  }
  return patience;
}

// What the server (or an open breaker) asked for.
std::optional<Duration> retry_after_of(const Outcome& outcome) {
  const bool by_server = outcome.kind == FailureKind::http_status && (outcome.http_status == 429 || outcome.http_status == 503);
  if (!outcome.retry_after || (!by_server && outcome.kind != FailureKind::breaker_open)) return std::nullopt;
  return std::max(Duration::zero(), *outcome.retry_after);
}

RetryDecision stop(std::string reason) { return {false, Duration::zero(), std::move(reason)}; }

}  // namespace

bool is_retryable(const Outcome& outcome, const RetrySettings& settings, std::string_view http_method, bool has_idempotency_key) {
  return kind_is_retried(outcome, settings.on) && may_repeat_request(outcome, settings, http_method, has_idempotency_key);
}

RetryDecision decide_retry(const RetryQuestion& question, Backoff& backoff) {
  const RetrySettings& settings = question.settings;
  const Outcome& outcome = question.outcome;
  if (outcome.ok() || settings.attempts <= 1) return stop("");
  if (question.attempt >= settings.attempts) return stop("all " + std::to_string(settings.attempts) + " attempts are used up");
  if (!kind_is_retried(outcome, settings.on)) return stop("a failure of this kind isn't retried");
  if (!may_repeat_request(outcome, settings, question.http_method, question.has_idempotency_key)) {
    return stop(question.http_method.empty() ? "it may have done something, and isn't idempotent"
                                             : "the request may have been sent and isn't known to be idempotent");
  }
  if (question.budget != nullptr && !question.budget->allows_retry()) return stop("the retry budget is used up");

  const Patience patience = patience_of(question);
  const bool rejected = outcome.kind == FailureKind::breaker_open;
  const std::optional<Duration> retry_after = retry_after_of(outcome);
  if (retry_after) {
    const std::string name = rejected ? "the breaker's retry-after of " : "Retry-After of ";
    if (!rejected && *retry_after > settings.max_retry_after) {
      return stop(name + readable(*retry_after) + " is longer than max_retry_after " + format_duration(settings.max_retry_after));
    }
    if (patience.exceeded_by(*retry_after)) {
      return stop(name + readable(*retry_after) + " is longer than " + patience.limit + " " + readable(*patience.left));
    }
  }
  Duration delay = backoff.next();
  if (retry_after && !rejected) {
    const Duration jitter = backoff.jittered() ? std::min(delay, *retry_after / 10) : Duration::zero();
    delay = std::max(delay, *retry_after + jitter);
  }
  if (patience.exceeded_by(delay)) {
    return stop("the next pause of " + readable(delay) + " is longer than " + patience.limit + " " + readable(*patience.left));
  }
  return {true, delay, ""};
}

}  // namespace corun
