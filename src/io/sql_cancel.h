// Asks a database server to stop a statement. Knows nothing of what the statement does.
#pragma once

#include <sys/types.h>

#include "base/unique_fd.h"
#include "io/pq_api.h"
#include "loop/awaiters.h"
#include "loop/loop.h"
#include "loop/task.h"

namespace corun {

/// A request to cancel what a connection is executing. libpq's PQcancel blocks, but may be called where nothing else may be:
/// it runs in a forked process, which, unlike a thread, can be ended when the server doesn't answer.
class SqlCancel final : private FdHandler {
 public:
  /// Sends the request. `connection` must live until here only.
  SqlCancel(const PqApi& api, Loop& loop, PGconn* connection);
  /// Ends the process, whatever it has come to.
  ~SqlCancel();
  SqlCancel(const SqlCancel&) = delete;
  SqlCancel& operator=(const SqlCancel&) = delete;

  /// Waits until the server has taken the request, for a bounded time.
  Task<void> finish();

 private:
  void on_fd(int fd, std::uint32_t events) override;

  Loop& loop_;
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  Event ended_;
};

}  // namespace corun
