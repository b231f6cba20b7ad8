// Carries out SQL statements over pooled connections. Knows nothing of jobs, retries or limits.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "io/executor.h"
#include "io/host_resolver.h"
#include "io/pq_api.h"
#include "io/sql_connection.h"
#include "loop/loop.h"

namespace corun {

/// Carries out SqlStatement commands. Admission is the caller's: every command starts at once, on a connection at rest or a
/// new one.
class SqlExecutor final : public Executor {
 public:
  /// Loads libpq, which takes some milliseconds: only where there is something to send. At most `max_connections` are kept
  /// at rest, whatever their DSN. `loop` must outlive the executor.
  static Result<std::unique_ptr<SqlExecutor>> create(Loop& loop, std::size_t max_connections);

  Task<ActionResult> execute(const Command& command, CancelScope& scope) override;

 private:
  SqlExecutor(const PqApi& api, Loop& loop, std::size_t max_connections)
      : api_(api), loop_(loop), max_connections_(max_connections), resolver_(loop) {}

  // A connection at rest for `dsn`, or null.
  std::unique_ptr<SqlConnection> take(const std::string& dsn);
  void put_to_rest(const std::string& dsn, std::unique_ptr<SqlConnection> connection);
  // Connects within the statement's time; the failure, if there is one.
  Task<Outcome> connect(SqlConnection& connection, const SqlStatement& statement, CancelScope& scope);
  // Looks up what libpq would block for; the failure, if there is one.
  Task<Outcome> look_up(SqlDsn& dsn, CancelScope& scope);

  const PqApi& api_;
  Loop& loop_;
  const std::size_t max_connections_;
  HostResolver resolver_;
  std::deque<std::pair<std::string, std::unique_ptr<SqlConnection>>> resting_;  // by DSN; the longest at rest first
};

}  // namespace corun
