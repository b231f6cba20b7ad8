// Ways to a lock that another run may have. Knows nothing of job files or of what is run.
#include "cli/take_lock.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "base/duration.h"
#include "io/orphans.h"
#include "io/process_identity.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

constexpr Duration kFirstPause = 50ms;
constexpr Duration kLongestPause = 250ms;
constexpr Duration kAfterKill = 10s;  // until a killed process must be gone
constexpr Duration kOrphansGrace = 2s;

ProcessIdentity identity_of(const LockHolder& holder) { return {holder.machine, holder.pid, holder.birth}; }

class Taker {
 public:
  Taker(Loop& loop, LockFile& lock, const LockRequest& request, Report& report, CancelScope& scope)
      : loop_(loop), lock_(lock), request_(request), report_(report), scope_(scope) {}

  Task<LockEnd> take() {
    if (lock_.try_take()) co_return taken();
    look();
    if (holder_ && !holder_->run.empty() && holder_->run == request_.outer_run) {
      co_return busy(holder_words() + " has it, and this run is one of its jobs");
    }
    switch (request_.on_conflict) {
      case Concurrency::OnConflict::wait: co_return co_await wait();
      case Concurrency::OnConflict::replace: co_return co_await replace();
      default: co_return skip();
    }
  }

 private:
  using Verdict = LockEnd::Verdict;

  void look() {
    if (std::optional<LockHolder> holder = lock_.holder()) holder_ = std::move(holder);
  }
  // How long the other run is under way, as far as is known.
  Duration age() const {
    if (!holder_) return Duration(0);
    const std::int64_t since = to_milliseconds(loop_.clock().wall_now()) - holder_->since;
    return std::chrono::milliseconds(std::max<std::int64_t>(since, 0));
  }
  bool is_too_old() const { return age() > request_.max_age; }
  std::string holder_words() const {
    if (!holder_) return "another run";
    return "run " + holder_->run + " (pid " + std::to_string(holder_->pid) + ", for " + format_elapsed(age()) + ")";
  }

  void tell(std::string_view change, const std::string& message) {
    const std::string_view holder = holder_ ? std::string_view(holder_->run) : std::string_view();
    report_.lock(LockChange{request_.run_id, request_.name, change, holder, message, loop_.now()});
    report_.flush();
  }
  LockEnd end(Verdict verdict, std::string message) {
    if (verdict != Verdict::stopped) tell(verdict == Verdict::skipped ? "skipped" : "busy", message);
    LockEnd end;
    end.verdict = verdict;
    end.message = std::move(message);
    return end;
  }
  LockEnd busy(const std::string& why) { return end(Verdict::busy, request_.name + ": lock busy: " + why); }
  LockEnd stopped() { return end(Verdict::stopped, request_.name + ": stopped while waiting for " + holder_words()); }

  LockEnd taken() {
    // A run that ends by itself leaves nothing in the file.
    if (const std::optional<LockHolder> before = lock_.holder()) end_left_over(*before);
    const ProcessIdentity own = own_identity();
    LockHolder holder;
    holder.lock = request_.name;
    holder.run = request_.run_id;
    holder.file = request_.file;
    holder.machine = own.machine;
    holder.pid = own.pid;
    holder.birth = own.birth;
    holder.since = to_milliseconds(loop_.clock().wall_now());
    lock_.write(holder);
    lock_.forget_skips();
    holder_.reset();
    tell("taken", request_.name + ": lock taken");
    LockEnd end;
    end.waited = waited_;
    return end;
  }

  void end_left_over(const LockHolder& before) {
    if (before.run.empty()) return;
    const auto spares_nothing = [](std::size_t, std::string_view) { return false; };
    const OrphansEnded orphans = end_orphans({before.run}, spares_nothing, kOrphansGrace);
    if (orphans.found > 0) report_.warning("run " + before.run + " was killed and has left " + describe(orphans));
  }

  LockEnd skip() {
    const std::uint64_t skips = lock_.note_skip();
    if (is_too_old()) return busy(holder_words() + " is older than " + format_duration(request_.max_age));
    if (skips >= kMostSkips) return busy(holder_words() + " is under way; skipped " + std::to_string(skips) + " times in a row");
    return end(Verdict::skipped, request_.name + ": skipped, " + holder_words() + " is under way");
  }

  Duration next_pause() { return std::exchange(pause_, std::min<Duration>(pause_ * 2, kLongestPause)); }

  Task<LockEnd> wait() {
    const TimePoint give_up = request_.most ? loop_.now() + *request_.most : TimePoint::max();
    tell("waiting", request_.name + ": waiting for " + holder_words());
    waited_ = true;
    for (;;) {
      if (is_too_old()) co_return busy(holder_words() + " is older than " + format_duration(request_.max_age));
      if (loop_.now() >= give_up) co_return busy(holder_words() + " hasn't ended in " + format_duration(*request_.most));
      const bool slept = co_await Sleep(loop_, std::min(loop_.now() + next_pause(), give_up), scope_);
      if (!slept) co_return stopped();
      if (lock_.try_take()) co_return taken();
      look();
    }
  }

  // Asks the run that has the lock to end, and kills it after its grace. A run that has taken the lock meanwhile is next.
  Task<LockEnd> replace() {
    tell("replacing", request_.name + ": replacing " + holder_words());
    waited_ = true;
    ProcessIdentity asked;
    UniqueFd process;
    bool killed = false;
    TimePoint patience = loop_.now() + request_.grace + 1s;
    for (;;) {
      if (holder_ && (holder_->pid != asked.pid || holder_->birth != asked.birth)) {
        UniqueFd found;
        if (find_process(identity_of(*holder_), found) == Whereabouts::here) {
          asked = identity_of(*holder_);
          process = std::move(found);
          killed = false;
          send_signal(process, SIGTERM);
          send_signal(process, SIGCONT);
          patience = loop_.now() + request_.grace;
        }
      }
      if (loop_.now() >= patience) {
        if (!process) co_return busy(holder_words() + " can't be reached from here");
        if (killed) co_return busy(holder_words() + " doesn't go away though it was killed");
        send_signal(process, SIGKILL);
        killed = true;
        patience = loop_.now() + kAfterKill;
      }
      const bool slept = co_await Sleep(loop_, std::min(loop_.now() + next_pause(), patience), scope_);
      if (!slept) co_return stopped();
      if (lock_.try_take()) co_return taken();
      look();
    }
  }

  Loop& loop_;
  LockFile& lock_;
  const LockRequest& request_;
  Report& report_;
  CancelScope& scope_;
  std::optional<LockHolder> holder_;
  Duration pause_ = kFirstPause;
  bool waited_ = false;
};

}  // namespace

Task<LockEnd> take_lock(Loop& loop, LockFile& lock, const LockRequest& request, Report& report, CancelScope& scope) {
  Taker taker(loop, lock, request, report, scope);
  co_return co_await taker.take();
}

std::optional<bool> is_alive(const LockHolder& holder) {
  UniqueFd process;
  const Whereabouts whereabouts = find_process(identity_of(holder), process);
  if (whereabouts == Whereabouts::elsewhere) return std::nullopt;
  return whereabouts == Whereabouts::here;
}

}  // namespace corun
