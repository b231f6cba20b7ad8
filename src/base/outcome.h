// What one attempt, and in the end one job, came to: plain data. Knows nothing of how it was executed or judged.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace corun {

/// Why an attempt did not succeed. The order carries no meaning; their numbers are kept in databases, so new ones come last.
enum class FailureKind : std::uint8_t {
  none,                ///< success
  exit_code,           ///< the process ended with an exit code that isn't accepted
  signal,              ///< the process was ended by a signal that corun didn't send
  http_status,         ///< the response's status isn't accepted
  expectation,         ///< `expect` doesn't hold (other than by exit code or status)
  attempt_timeout,     ///< `timeout`
  connect_timeout,     ///< `connect_timeout`
  idle_timeout,        ///< `idle_timeout`
  queue_timeout,       ///< `queue_timeout`: never dispatched
  total_timeout,       ///< `total_timeout`
  run_timeout,         ///< the run's own timeout
  resolve,             ///< the host's name couldn't be resolved
  connect,             ///< no connection: refused, unreachable
  tls_handshake,       ///< the TLS handshake broke off
  tls_trust,           ///< the peer's certificate isn't trusted
  transfer,            ///< the connection broke after the request had begun
  invalid_request,     ///< URL, method, header or argument that can't be sent
  body_too_large,      ///< more decoded bytes than `max_body`
  sql_error,           ///< the database reported an error, with an SQLSTATE
  result_too_large,    ///< more rows than `max_rows`, or more bytes than are kept
  too_many_redirects,  ///< more redirects than allowed, or one that policy refuses
  command_not_found,   ///< no such program (exit code 127)
  not_executable,      ///< found but can't be executed (exit code 126)
  spawn,               ///< the system refused to start a process (memory, descriptors, argument size)
  breaker_open,        ///< rejected by an open circuit breaker
  limit_full,          ///< rejected by a limit whose queue is full
  group,               ///< a gather's policy wasn't met
  cancelled,           ///< ended by corun: interrupted, lost race, sibling failed
  refused,             ///< by a server without statuses: login, access, no such file
  save,                ///< the body can't be kept in its file
  checksum,            ///< the body doesn't come to its checksum
  internal,            ///< corun's own trouble
};

/// Who asked a job to stop. The order carries no meaning.
enum class CancelReason : std::uint8_t {
  none,
  attempt_timeout,  ///< the deadline of one attempt
  total_timeout,    ///< the deadline of the job over all attempts
  run_timeout,      ///< the deadline of the run
  interrupted,      ///< SIGINT
  terminated,       ///< SIGTERM or SIGHUP
  lost_race,        ///< another member of the gather decided it
  sibling_failed,   ///< a member of the same gather failed
  fail_fast,        ///< --fail-fast after a failure elsewhere
};

/// The end of one attempt. `kind == none` is success; then `message` is empty, unless there was nothing to do.
struct Outcome {
  FailureKind kind = FailureKind::none;
  CancelReason cancel_reason = CancelReason::none;  ///< for `cancelled`: who asked
  bool unsent = false;  ///< HTTP: provably nothing of the request reached the server; SQL: or the server has undone it
  int exit_code = -1;   ///< of the process; -1 if there is none
  int signal = 0;       ///< that ended the process; 0 if none
  int http_status = 0;  ///< 0 if there is none
  std::optional<Duration> retry_after;  ///< asked for by the server, or by an open breaker
  std::string message;                  ///< one line for people: "exit code 3", "HTTP 503", "timed out after 2s"
  bool network_down = false;            ///< this machine had no network: the peer isn't to blame
  std::array<char, 6> sqlstate{};       ///< of sql_error: five letters and digits, then NUL

  bool ok() const { return kind == FailureKind::none; }
};

/// States of a job (format.md). The last seven are final. Their numbers are kept in databases, too.
enum class JobState : std::uint8_t {
  pending,
  ready,
  running,
  retrying,
  succeeded,
  degraded,
  failed,
  timed_out,
  skipped,
  cancelled,
  rejected,
};

/// Whether a job in this state will change no more.
constexpr bool is_final(JobState state) { return state >= JobState::succeeded; }

/// Whether a final state counts as success for dependents: succeeded or degraded.
constexpr bool is_success(JobState state) { return state == JobState::succeeded || state == JobState::degraded; }

/// Whether a final state is a failure of the job's own: failed, timed out or rejected; skipped and cancelled are consequences.
constexpr bool is_failure(JobState state) {
  return state == JobState::failed || state == JobState::timed_out || state == JobState::rejected;
}

/// The state's name as in reports: "timed_out".
const char* to_string(JobState state);
/// The state with this number; pending if there is none.
JobState job_state_of(std::int64_t number);
/// The kind's name as in reports: "http_status".
const char* to_string(FailureKind kind);
/// The kind with this number; internal if there is none.
FailureKind failure_kind_of(std::int64_t number);
/// For people: "lost race", "sibling failed".
const char* to_string(CancelReason reason);

/// The failure `kind` with a message for people, and the exit code that goes with it, if any.
Outcome failure(FailureKind kind, std::string message, int exit_code = -1);

/// The final state an outcome leads to when nothing (retry, fallback) follows it.
JobState state_of(const Outcome& outcome);

}  // namespace corun
