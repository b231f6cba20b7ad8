// A run in company. Knows nothing of exit codes.
#include "cli/run_control.h"

#include <algorithm>

#include "cli/machine.h"
#include "loop/awaiters.h"

namespace corun {
namespace {

constexpr Duration kTick = 60s;
constexpr Duration kLastWords = 2s;  // for a reader, after a signal

}  // namespace

RunControl::RunControl(Loop& loop, RunClock& clock, SignalSource& signals, ProcessExecutor& processes, RunReports& reports)
    : loop_(loop),
      clock_(clock),
      signals_(signals),
      processes_(processes),
      console_(reports.console()),
      report_(reports.report()),
      terminal_(loop, reports.console().live_display(), [this] { console_.show_running(loop_.now()); }),
      loan_(terminal_, reports.queues(), report_, reports.data_on_stdout(), [this](int signal) { heed(signal); }),
      queues_(reports.queues()) {
  loop_.add_turn_hook(*this);
  processes_.set_terminal(&loan_);
}

RunControl::~RunControl() {
  processes_.set_terminal(nullptr);
  loop_.remove_turn_hook(*this);
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (watched_[i]) loop_.unwatch(queues_[i]->fd());
  }
}

// A turn is over: the reports go out, or wait until their reader is ready. Where much waits in memory no more output is read.
void RunControl::before_wait() {
  terminal_.before_flush();
  report_.flush();
  terminal_.after_flush();
  bool much = false;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (i > 0 && queues_[i] == queues_[0]) break;
    OutputQueue& queue = *queues_[i];
    much = much || queue.is_long();
    const bool waits = !queue.empty() && !queue.is_held();
    if (waits == watched_[i]) continue;
    if (waits) {
      loop_.watch(queue.fd(), EPOLLOUT, *this);
    } else {
      loop_.unwatch(queue.fd());
    }
    watched_[i] = waits;
  }
  processes_.listen(!much);
}

void RunControl::on_fd(int /*fd*/, std::uint32_t /*events*/) {
  for (OutputQueue* queue : queues_) queue->offer();
}

bool RunControl::is_delivered() const {
  return std::all_of(queues_.begin(), queues_.end(), [](const OutputQueue* queue) { return queue->empty(); });
}

int RunControl::deliver() {
  class Deadline final : public Timer {
   public:
    bool passed() const { return passed_; }

   private:
    void on_timer() override { passed_ = true; }
    bool passed_ = false;
  } deadline;
  if (signal_ != 0) deadline.arm(loop_, loop_.now() + kLastWords);
  int last = 0;
  loop_.run_until([&] {
    for (const int signal : signals_.take()) {
      if (signal == SIGUSR1 || signal == SIGTSTP) {
        heed(signal);
      } else {
        last = signal;
      }
    }
    return last != 0 || deadline.passed() || is_delivered();
  });
  for (OutputQueue* queue : queues_) {
    if (!queue->empty()) queue->mute();
  }
  if (signal_ == 0) signal_ = last;
  return signal_;
}

Task<RunResult> RunControl::run(const JobFile& file, const RunSettings& settings, const Variables& variables,
                                const Expressions& expressions, EngineParts parts, Ping* ping) {
  TaskGroup company(loop_);
  for (const int signal : signals_.take()) {  // came while the run was being made: nothing is to start
    if (signal != SIGUSR1) heed(signal);
  }
  company.start(heed_signals());
  company.start(tick());
  if (ping != nullptr && ping->is_wanted()) company.start(ping->say_start(company_));
  RunResult result = co_await run_file(file, settings, variables, expressions, parts, run_scope_);
  company_.cancel(CancelReason::terminated);
  co_await company.join();
  co_return result;
}

Task<void> RunControl::heed_signals() {
  for (;;) {
    const Event::Wake wake = co_await signals_.arrived().wait(company_);
    for (const int signal : signals_.take()) heed(signal);
    if (wake == Event::Wake::cancelled) co_return;
  }
}

Task<void> RunControl::tick() {
  for (;;) {
    const bool waited = co_await Sleep(loop_, loop_.now() + kTick, company_);
    if (!waited) co_return;
    console_.tick(loop_.now());
    processes_.collect_strays();
  }
}

void RunControl::heed(int signal) {
  if (signal == SIGUSR1) {
    console_.show_running(loop_.now());
    return;
  }
  if (signal == SIGTSTP) {
    pause();
    return;
  }
  // A terminal that goes away, or a session that is ended, may say so after another signal: that isn't impatience.
  if (signal == SIGHUP && signal_ != 0) return;
  const bool again = signal_ != 0;
  const CancelReason reason = signal == SIGINT ? CancelReason::interrupted : CancelReason::terminated;
  if (!again || signal == SIGQUIT) signal_ = signal;
  if (again || signal == SIGQUIT) {
    run_scope_.force(reason);
    console_.killing();
  } else {
    run_scope_.cancel(reason);
  }
}

void RunControl::pause() {
  report_.flush();
  loan_.suspend();
  processes_.pause_all();
  const TimePoint stopped = clock_.now();
  stop_by_signal(SIGTSTP);
  clock_.leave_out(clock_.now() - stopped);
  loan_.resume();
  processes_.resume_all();
}

}  // namespace corun
