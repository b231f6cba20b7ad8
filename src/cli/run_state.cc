// Store, journal and logs of a run, put together. Knows nothing of the engine.
#include "cli/run_state.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace corun {
namespace {

RunRecord record_of(const Arguments& arguments, std::string run_id, const std::string& name, std::size_t jobs) {
  RunRecord record;
  record.id = std::move(run_id);
  record.file = known_file(arguments.file);
  record.name = name;
  record.directory = arguments.started_in;
  record.arguments = "[";
  for (const std::string& argument : arguments.line) {
    if (record.arguments.size() > 1) record.arguments += ',';
    append_json_string(record.arguments, argument);
  }
  record.arguments += ']';
  record.jobs = jobs;
  return record;
}

}  // namespace

RunState::RunState(Loop& loop, const Arguments& arguments, const GetVariable& variable, Report& report)
    : loop_(loop),
      arguments_(arguments),
      report_(report),
      store_(state_directory(arguments, variable), [&report](std::string_view message) { report.warning(message); }),
      earlier_(find_earlier(store_, arguments)) {
  if (!earlier_) return;
  const OrphansEnded orphans = end_left_over(*earlier_);
  if (orphans.found == 0) return;
  report_.warning("run " + earlier() + " has left " + describe(orphans));
}

RunState::~RunState() = default;

void RunState::begin(std::string run_id, const std::string& name, std::size_t jobs) {
  run_id_ = std::move(run_id);
  store_.make_directory();
  logs_ = std::make_unique<LogStore>(store_.directory(), run_id_, [this](std::string_view message) { report_.warning(message); });
  if (store_.directory().empty()) return;
  RunRecord record = record_of(arguments_, run_id_, name, jobs);
  record.earlier = earlier();
  journal_ = std::make_unique<RunJournal>(store_, std::move(record), loop_.clock());
  if (earlier_) journal_->take_up(std::move(earlier_->jobs));
  writer_.emplace(loop_, [journal = journal_.get()] {
    journal->turn_ended();
    return journal->due();
  });
  journal_->settle();  // from here on it can be found what its jobs leave behind
}

void RunState::end(int exit_code, const char* verdict) {
  writer_.reset();
  if (!journal_) return;
  journal_->run_ended(exit_code, verdict, logs_->bytes());
}

std::string RunState::resume_command() const {
  if (!journal_ || !journal_->is_complete()) return {};
  if (arguments_.file == "-") return {};
  return "corun resume " + run_id_ + options();
}

std::string RunState::logs_command() const {
  if (!journal_ || !journal_->is_complete()) return {};
  return "corun logs --run " + run_id_ + options();
}

// Where the run is found. A mail is read by others, who have a directory of their own.
std::string RunState::options() const {
  const bool needed = arguments_.state_dir_given || arguments_.cron;
  return needed ? " --state-dir " + shell_quote(store_.directory()) : std::string();
}

}  // namespace corun
