// One job of a running group, from the moment it is ready: what is known of it before it has a coroutine. Knows nothing of the
// plan.
#pragma once

#include <cstdint>
#include <utility>

#include "engine/awaited_ticket.h"
#include "engine/restore.h"
#include "engine/run_context.h"

namespace corun {

/// A ready job's ticket. While the job waits for its first admission this is all there is of it; then `start` makes its
/// coroutine, which waits here itself for what follows.
class Member : public AwaitedTicket {
 public:
  const Job& job() const { return *job_; }
  JobResult& result() const { return *result_; }
  /// The file it is from.
  const RunningFile& file() const { return *file_; }
  /// What its expressions see.
  const Context& names() const { return *names_; }
  /// The number of the first earlier run of whose work on the jobs inside of it something counts.
  std::int64_t counts_from() const { return counts_from_; }
  /// It is done, and runs only for what it gives.
  bool runs_again() const { return runs_again_; }
  /// What others see of its result, in the end: null unless somebody looks at it.
  void set_data(Json data, bool holds_secret) {
    data_ = std::move(data);
    holds_secret_ = holds_secret;
  }
  /// The job's state is final: the last thing its coroutine says.
  virtual void ended() = 0;

  /// `co_await member.admitted(run, policies, pool, deadline, scope)`: asks again (a retry, a fallback) and waits for the
  /// verdict; a cancelled `scope` gives `cancelled`.
  Admitted admitted(RunContext& run, const Policies* policies, Pool pool, TimePoint deadline, CancelScope& scope) {
    return AwaitedTicket::admitted(run.admission, policies, pool, deadline, scope);
  }

 protected:
  Member() = default;
  ~Member() = default;
  /// The first verdict is there: make the job's coroutine.
  virtual void start() = 0;

  RunContext* run_ = nullptr;
  const Job* job_ = nullptr;
  JobResult* result_ = nullptr;
  const RunningFile* file_ = nullptr;
  const Context* names_ = nullptr;
  Json data_;
  bool holds_secret_ = false;  // data_ does
  bool runs_again_ = false;
  std::int64_t counts_from_ = kNoRun;

 private:
  void decided() override {
    if (!wake(run_->loop())) start();
  }
};

}  // namespace corun
