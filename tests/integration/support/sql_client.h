// What the SQL tests ask their executor with: a loop, an executor, and one call a statement. Knows no servers.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/sql_executor.h"
#include "loop/cancel.h"
#include "loop/task.h"

namespace corun::testing {

/// A statement for `dsn`, with parameters as JSON texts.
inline SqlStatement statement(std::string dsn, std::string query, std::vector<std::string> params = {}) {
  SqlStatement statement;
  statement.dsn = std::move(dsn);
  statement.query = std::move(query);
  statement.params = std::move(params);
  return statement;
}

struct SqlClient {
  explicit SqlClient(std::size_t connections = 8) : executor(std::move(*SqlExecutor::create(loop, connections))) {}

  /// Carries out one statement; `timeout` cancels it as an attempt's deadline does.
  ActionResult send(SqlStatement what, Duration timeout = 30s) {
    const Command command(std::make_unique<SqlStatement>(std::move(what)));
    CancelScope root;
    DeadlineScope scope(loop, root, loop.now() + timeout, CancelReason::attempt_timeout);
    return run(loop, executor->execute(command, scope));
  }

  SystemClock clock;
  Loop loop{clock};
  std::unique_ptr<SqlExecutor> executor;
};

}  // namespace corun::testing
