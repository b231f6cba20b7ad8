// A statement's way: a connection, the statement, the connection's rest. Knows nothing of jobs, retries or limits.
#include "io/sql_executor.h"

#include <algorithm>
#include <csignal>

namespace corun {
namespace {

Outcome cancelled_before(const CancelScope& scope) {
  Outcome outcome = failure(FailureKind::cancelled, to_string(scope.reason()));
  outcome.cancel_reason = scope.reason();
  outcome.unsent = true;
  return outcome;
}

Outcome not_connected(FailureKind kind, std::string message) {
  Outcome outcome = failure(kind, std::move(message));
  outcome.unsent = true;
  return outcome;
}

}  // namespace

Result<std::unique_ptr<SqlExecutor>> SqlExecutor::create(Loop& loop, std::size_t max_connections) {
  const Result<const PqApi*>& api = load_pq();
  if (!api) return api.error();
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets without MSG_NOSIGNAL
  return std::unique_ptr<SqlExecutor>(new SqlExecutor(**api, loop, max_connections));
}

std::unique_ptr<SqlConnection> SqlExecutor::take(const std::string& dsn) {
  for (auto each = resting_.rbegin(); each != resting_.rend();) {
    if (each->first != dsn) {
      ++each;
      continue;
    }
    std::unique_ptr<SqlConnection> connection = std::move(each->second);
    each = std::make_reverse_iterator(resting_.erase(std::next(each).base()));
    if (connection->is_alive()) return connection;
  }
  return nullptr;
}

void SqlExecutor::put_to_rest(const std::string& dsn, std::unique_ptr<SqlConnection> connection) {
  if (resting_.size() >= max_connections_) resting_.pop_front();
  resting_.emplace_back(dsn, std::move(connection));
}

Task<ActionResult> SqlExecutor::execute(const Command& command, CancelScope& scope) {
  const SqlStatement& statement = *std::get<std::unique_ptr<SqlStatement>>(command);
  ActionResult result;
  if (scope.cancelled()) {
    result.outcome = cancelled_before(scope);
    co_return result;
  }
  std::unique_ptr<SqlConnection> connection = take(statement.dsn);
  if (connection == nullptr) {
    connection = std::make_unique<SqlConnection>(api_, loop_);
    Outcome outcome = co_await connect(*connection, statement, scope);
    if (!outcome.ok()) {
      result.outcome = std::move(outcome);
      co_return result;
    }
  }
  co_await connection->execute(statement, scope, result);
  if (connection->reusable()) put_to_rest(statement.dsn, std::move(connection));
  co_return result;
}

Task<Outcome> SqlExecutor::connect(SqlConnection& connection, const SqlStatement& statement, CancelScope& scope) {
  Result<SqlDsn> dsn = parse_dsn(api_, statement.dsn);
  if (!dsn) co_return not_connected(FailureKind::invalid_request, dsn.error().message);
  const std::optional<Duration> timeout = statement.connect_timeout ? statement.connect_timeout : dsn->connect_timeout;
  const TimePoint deadline = timeout ? loop_.now() + *timeout : TimePoint::max();
  DeadlineScope bounded(loop_, scope, deadline, CancelReason::attempt_timeout);
  Outcome outcome = co_await look_up(*dsn, bounded);
  if (outcome.ok() && !bounded.cancelled()) {
    outcome = co_await connection.connect(dsn->connection_settings(), bounded);
  }
  if (scope.cancelled()) co_return cancelled_before(scope);
  if (bounded.cancelled()) co_return not_connected(FailureKind::connect_timeout, "connecting to " + dsn->server() + " timed out");
  co_return outcome;
}

Task<Outcome> SqlExecutor::look_up(SqlDsn& dsn, CancelScope& scope) {
  bool any = dsn.hosts.empty();
  for (SqlHost& host : dsn.hosts) {
    if (host.needs_lookup()) {
      std::vector<std::string> addresses = co_await resolver_.resolve(host.name, scope);
      host.addresses = std::move(addresses);
    }
    any = any || !host.needs_lookup() || !host.addresses.empty();
  }
  if (!any) co_return not_connected(FailureKind::resolve, "could not resolve host " + dsn.server());
  co_return Outcome();
}

}  // namespace corun
