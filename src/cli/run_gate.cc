// The way to a run. Knows nothing of jobs.
#include "cli/run_gate.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/duration.h"
#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/resume.h"
#include "cli/setup_error.h"
#include "expr/context.h"
#include "expr/evaluator.h"
#include "expr/render.h"
#include "loop/awaiters.h"
#include "state/past_runs.h"
#include "state/store.h"

namespace corun {
namespace {

using OnConflict = Concurrency::OnConflict;

std::string group_of(const Concurrency& concurrency, const LoadedGraph& graph) {
  Context names;
  graph.variables.add_to(names);
  const ContextEvaluator evaluator(names, graph.expressions.programs);
  Evaluated<std::string> group = render_text(*concurrency.group, evaluator);
  if (const auto* error = std::get_if<ExpressionError>(&group)) {
    throw SetupError(kExitInvalidFile, "`group` of `concurrency`: " + error->message);
  }
  if (evaluator.given() != Taint::none) {
    throw SetupError(kExitInvalidFile, "`group` of `concurrency` holds a secret: it is shown by `corun lock ls`");
  }
  return std::get<std::string>(std::move(group));
}

// Whether a past run was asked for the same jobs.
bool has_same_selection(const PastRun& run, const SelectionSettings& selection, const GetVariable& variable) {
  const std::optional<Arguments> arguments = arguments_of(run, variable);
  return arguments && arguments->selection == selection;
}

bool is_watched() { return ::isatty(STDIN_FILENO) == 1 || ::isatty(STDERR_FILENO) == 1; }

}  // namespace

Duration jitter_of(std::string_view machine, std::string_view file, Duration window) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(window).count();
  if (milliseconds <= 0) return Duration(0);
  const std::uint64_t place = Digest().add(machine).add(file).value() % static_cast<std::uint64_t>(milliseconds);
  return std::chrono::milliseconds(place);
}

RunGate::RunGate(Loop& loop, RunClock& clock, SignalSource& signals, const Arguments& arguments, const LoadedGraph& graph,
                 const GetVariable& variable, const std::string& run_id, Report& report)
    : loop_(loop), clock_(clock), signals_(signals), arguments_(arguments), graph_(graph), variable_(variable), report_(report) {
  const bool takes_up = !arguments.earlier.empty();  // somebody wants it now
  const std::string file = known_file(arguments.file);
  if (arguments.jitter && !takes_up && !is_watched()) jitter_ = jitter_of(machine_id(), file, *arguments.jitter);
  if (!takes_up) if_older_than_ = arguments.if_older_than;

  const std::optional<Concurrency>& concurrency = graph.file.concurrency;
  request_.on_conflict = arguments.lock ? arguments.lock->on_conflict
                         : concurrency  ? concurrency->on_conflict
                                        : OnConflict::allow;
  const bool locks = request_.on_conflict != OnConflict::allow;
  if (locks || if_older_than_) state_directory_ = state_directory(arguments, variable);
  if (!locks) return;
  if (arguments.lock) request_.most = arguments.lock->most;
  if (concurrency) {
    request_.max_age = concurrency->max_age;
    request_.grace = concurrency->grace;
  }
  const bool has_group = concurrency && concurrency->group;
  if (!has_group && file == "-") {
    throw SetupError(kExitUsage, "a job file from standard input has no lock of its own: give it `concurrency: {group: NAME}`");
  }
  const std::string group = has_group ? group_of(*concurrency, graph) : file;
  request_.name = has_group ? group : graph.file.name;
  request_.run_id = run_id;
  if (const char* outer = variable("CORUN_RUN")) request_.outer_run = outer;
  request_.file = file;
  Result<LockFile> lock = LockFile::open(state_directory_, (has_group ? "group/" : "file/") + group);
  if (!lock) {
    std::string help = arguments.keep_state ? "" : " (--no-state); `--lock allow` does without";
    throw SetupError(kExitCantWrite, "the lock of " + request_.name + " can't be had: " + lock.error().message + help);
  }
  lock_ = std::move(*lock);
}

GateEnd RunGate::pass() {
  if (!lock_ && !jitter_ && !if_older_than_) return {};
  return run(loop_, watched());
}

void RunGate::release() {
  if (lock_) lock_->release();
}

Task<GateEnd> RunGate::watched() {
  TaskGroup company(loop_);
  company.start(heed_signals());
  GateEnd end = co_await steps();
  company_.cancel(CancelReason::terminated);
  co_await company.join();
  co_return end;
}

Task<GateEnd> RunGate::steps() {
  if (!is_due()) co_return not_due();
  if (jitter_ && *jitter_ > Duration(0)) {
    const bool waited = co_await Sleep(loop_, loop_.now() + *jitter_, scope_);
    if (!waited) co_return stopped(graph_.file.name + ": stopped while it waited (--jitter)");
  }
  if (!lock_) co_return GateEnd();
  LockEnd lock = co_await take_lock(loop_, *lock_, request_, report_, scope_);
  if (lock.verdict == LockEnd::Verdict::stopped) co_return stopped(std::move(lock.message));
  // The run that was waited for may have done the work.
  if (lock.verdict == LockEnd::Verdict::taken && lock.waited && !is_due()) co_return not_due();
  GateEnd end;
  end.passed = lock.verdict == LockEnd::Verdict::taken;
  end.is_overdue = lock.verdict == LockEnd::Verdict::busy;
  end.exit_code = end.is_overdue ? kExitLockBusy : kExitSuccess;
  end.message = std::move(lock.message);
  co_return end;
}

Task<void> RunGate::heed_signals() {
  for (;;) {
    const Event::Wake wake = co_await signals_.arrived().wait(company_);
    for (const int signal : signals_.take()) {
      if (signal == SIGUSR1) continue;  // nothing runs yet
      if (signal == SIGTSTP) {
        const TimePoint since = clock_.now();
        stop_by_signal(SIGTSTP);
        clock_.leave_out(clock_.now() - since);
        continue;
      }
      signal_ = signal;
      scope_.cancel(signal == SIGINT ? CancelReason::interrupted : CancelReason::terminated);
    }
    if (wake == Event::Wake::cancelled) co_return;
  }
}

bool RunGate::is_due() {
  if (!if_older_than_) return true;
  Store store(state_directory_, [](std::string_view) {});  // the run says what is wrong with it
  Database* database = store.database();
  if (database == nullptr) return true;
  const std::int64_t now = to_milliseconds(clock_.wall_now());
  const std::int64_t least = to_milliseconds(clock_.wall_now() - *if_older_than_);
  try {
    PastRuns runs(*database, state_directory_);
    for (const PastRun& run : runs.successes_since(known_file(arguments_.file), least)) {
      // One from the future says nothing: the clock was wrong.
      if (run.started <= now && has_same_selection(run, arguments_.selection, variable_)) return false;
    }
  } catch (const DatabaseError& error) {
    report_.warning("whether the run is due can't be known: " + std::string(error.what()));
  }
  return true;
}

GateEnd RunGate::not_due() const {
  GateEnd end;
  end.passed = false;
  end.message = graph_.file.name + ": not due, the last success is less than " + format_duration(*if_older_than_) + " old";
  return end;
}

GateEnd RunGate::stopped(std::string message) const {
  GateEnd end;
  end.passed = false;
  end.signal = signal_;
  end.exit_code = kExitSignalBase + signal_;
  end.message = std::move(message);
  return end;
}

}  // namespace corun
