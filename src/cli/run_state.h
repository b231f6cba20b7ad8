// What a run keeps for later ones, and what it takes over from an earlier one: store, journal, logs. Knows nothing of the engine.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/resume.h"
#include "cli/turn_work.h"
#include "loop/loop.h"
#include "report/report.h"
#include "state/log_store.h"
#include "state/run_journal.h"
#include "state/store.h"

namespace corun {

/// The state of one run. Without a state directory there is no journal, and logs end with the run.
class RunState {
 public:
  /// All must outlive this. Ends what a run that is taken up has left of processes. Throws SetupError.
  RunState(Loop& loop, const Arguments& arguments, const GetVariable& variable, Report& report);
  ~RunState();

  /// The run is about to start.
  void begin(std::string run_id, const std::string& name, std::size_t jobs);
  /// It has ended so; `verdict`: in one word.
  void end(int exit_code, const char* verdict);

  /// All has been told: old runs are removed now and then.
  void prune() {
    if (journal_) journal_->prune();
  }

  Store& store() { return store_; }
  LogStore& logs() { return *logs_; }
  RunJournal* journal() { return journal_.get(); }
  /// The id of the run that it takes up; "": none.
  std::string earlier() const { return earlier_ ? earlier_->chain.front().id : std::string(); }
  /// The command that resumes it; "" if it can't be resumed.
  std::string resume_command() const;
  /// The command that shows what a job has written, but for the job's name; "" if that isn't kept.
  std::string logs_command() const;

 private:
  std::string options() const;

  Loop& loop_;
  const Arguments& arguments_;
  Report& report_;
  Store store_;
  std::optional<EarlierRun> earlier_;
  std::string run_id_;
  std::unique_ptr<LogStore> logs_;
  std::unique_ptr<RunJournal> journal_;
  std::optional<TurnWork> writer_;
};

}  // namespace corun
