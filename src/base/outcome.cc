// Names of outcomes and states. Knows nothing of how they are shown.
#include "base/outcome.h"

#include <utility>

namespace corun {

const char* to_string(JobState state) {
  switch (state) {
    case JobState::pending: return "pending";
    case JobState::ready: return "ready";
    case JobState::running: return "running";
    case JobState::retrying: return "retrying";
    case JobState::succeeded: return "succeeded";
    case JobState::degraded: return "degraded";
    case JobState::failed: return "failed";
    case JobState::timed_out: return "timed_out";
    case JobState::skipped: return "skipped";
    case JobState::cancelled: return "cancelled";
    case JobState::rejected: return "rejected";
  }
  return "unknown";
}

JobState job_state_of(std::int64_t number) {
  return number >= 0 && number <= static_cast<int>(JobState::rejected) ? static_cast<JobState>(number) : JobState::pending;
}

const char* to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::none: return "none";
    case FailureKind::exit_code: return "exit_code";
    case FailureKind::signal: return "signal";
    case FailureKind::http_status: return "http_status";
    case FailureKind::expectation: return "expectation";
    case FailureKind::attempt_timeout: return "attempt_timeout";
    case FailureKind::connect_timeout: return "connect_timeout";
    case FailureKind::idle_timeout: return "idle_timeout";
    case FailureKind::queue_timeout: return "queue_timeout";
    case FailureKind::total_timeout: return "total_timeout";
    case FailureKind::run_timeout: return "run_timeout";
    case FailureKind::resolve: return "resolve";
    case FailureKind::connect: return "connect";
    case FailureKind::tls_handshake: return "tls_handshake";
    case FailureKind::tls_trust: return "tls_trust";
    case FailureKind::transfer: return "transfer";
    case FailureKind::invalid_request: return "invalid_request";
    case FailureKind::body_too_large: return "body_too_large";
    case FailureKind::sql_error: return "sql_error";
    case FailureKind::result_too_large: return "result_too_large";
    case FailureKind::too_many_redirects: return "too_many_redirects";
    case FailureKind::command_not_found: return "command_not_found";
    case FailureKind::not_executable: return "not_executable";
    case FailureKind::spawn: return "spawn";
    case FailureKind::breaker_open: return "breaker_open";
    case FailureKind::limit_full: return "limit_full";
    case FailureKind::group: return "group";
    case FailureKind::cancelled: return "cancelled";
    case FailureKind::refused: return "refused";
    case FailureKind::save: return "save";
    case FailureKind::checksum: return "checksum";
    case FailureKind::internal: return "internal";
  }
  return "unknown";
}

FailureKind failure_kind_of(std::int64_t number) {
  return number >= 0 && number <= static_cast<int>(FailureKind::internal) ? static_cast<FailureKind>(number)
                                                                          : FailureKind::internal;
}

const char* to_string(CancelReason reason) {
  switch (reason) {
    case CancelReason::none: return "none";
    case CancelReason::attempt_timeout: return "timeout";
    case CancelReason::total_timeout: return "total timeout";
    case CancelReason::run_timeout: return "run timeout";
    case CancelReason::interrupted: return "interrupted";
    case CancelReason::terminated: return "terminated";
    case CancelReason::lost_race: return "lost race";
    case CancelReason::sibling_failed: return "sibling failed";
    case CancelReason::fail_fast: return "stopped by an earlier failure";
  }
  return "unknown";
}

Outcome failure(FailureKind kind, std::string message, int exit_code) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.exit_code = exit_code;
  outcome.message = std::move(message);
  return outcome;
}

JobState state_of(const Outcome& outcome) {
  switch (outcome.kind) {
    case FailureKind::none: return JobState::succeeded;
    case FailureKind::attempt_timeout:
    case FailureKind::connect_timeout:
    case FailureKind::idle_timeout:
    case FailureKind::queue_timeout:
    case FailureKind::total_timeout:
    case FailureKind::run_timeout: return JobState::timed_out;
    case FailureKind::breaker_open:
    case FailureKind::limit_full: return JobState::rejected;
    case FailureKind::cancelled: return JobState::cancelled;
    default: return JobState::failed;
  }
}

}  // namespace corun
