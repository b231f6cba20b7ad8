// One connection to a PostgreSQL server on the event loop. Knows nothing of pools, jobs or retries.
#pragma once

#include <optional>
#include <string>

#include "io/executor.h"
#include "io/pq_api.h"
#include "io/sql_dsn.h"
#include "io/sql_rows.h"
#include "io/sql_session.h"
#include "loop/awaiters.h"
#include "loop/loop.h"
#include "loop/task.h"

namespace corun {

/// Connects, then carries out one statement at a time.
class SqlConnection final : private FdHandler {
 public:
  SqlConnection(const PqApi& api, Loop& loop) : api_(api), loop_(loop), ready_(loop) {}
  /// Closes the connection.
  ~SqlConnection();
  SqlConnection(const SqlConnection&) = delete;
  SqlConnection& operator=(const SqlConnection&) = delete;

  /// Connects with `settings`, once. The failure, if there is one; `cancelled` when `scope` was.
  Task<Outcome> connect(SqlSettings settings, CancelScope& scope);

  /// Carries `statement` out. When `scope` is cancelled, the server is asked to stop it and gets a short time for that.
  Task<void> execute(const SqlStatement& statement, CancelScope& scope, ActionResult& result);

  /// After a statement: whether another one finds the session as if it were new.
  bool reusable() const { return reusable_; }
  /// Of one at rest: whether the server hasn't closed it.
  bool is_alive();

 private:
  // What has come of the statement so far.
  struct Progress {
    explicit Progress(const SqlStatement& statement)
        : rows(statement.max_rows, statement.max_bytes), is_one_transaction(!may_commit_midway(statement.query)) {}
    SqlRows rows;
    std::optional<Outcome> failure;
    bool ended = false;      // the server has no more to say
    bool completed = false;  // with success
    const bool is_one_transaction;
    std::string tag;  // of the command that completed
    std::uint64_t affected_rows = 0;
  };

  Task<void> ask_to_notice_our_end(CancelScope& scope);
  void on_fd(int fd, std::uint32_t events) override;
  void watch(std::uint32_t events);
  void stop_watching();
  std::optional<Outcome> send(const SqlStatement& statement);
  void take_results(Progress& progress);
  void take_result(const PGresult* result, Progress& progress);
  void take_rows(const PGresult* result, SqlRows& rows);
  void take_error(const PGresult* result, Progress& progress);

  const PqApi& api_;
  Loop& loop_;
  PGconn* connection_ = nullptr;
  int fd_ = -1;  // watched
  Event ready_;
  bool reusable_ = false;
};

}  // namespace corun
