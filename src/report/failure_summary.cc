// The end of a run in words. Knows nothing of progress.
#include "report/failure_summary.h"

#include "report/output_tail.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostTails = 20;     // failures shown with their output: it is kept in memory until the end
constexpr std::size_t kMostFailures = 50;  // shown at all; the others are counted
constexpr std::size_t kMostStopped = 10;

std::string and_more(std::size_t count, std::string_view what) {
  return "… and " + std::to_string(count) + " more " + std::string(what) + "\n";
}

}  // namespace

void FailureSummary::run_start(const RunStart& start) { tree_ = JobTree(start.file, start.jobs.size()); }

void FailureSummary::job_ended(const JobStateChange& change) {
  const std::uint32_t id = change.job.id;
  if (tree_.is_top(id)) counts_.add(change.result);
  const auto log = logs_.find(id);
  // A group may be tried again: then only its last try counts.
  if (!tree_.is_top(id)) std::erase_if(failed_, [&](const Ended& ended) { return ended.job == &change.job; });
  if (is_failure(change.result)) {
    Ended ended{&change.job, {}, {}};
    if (log != logs_.end()) {
      if (failed_.size() < kMostTails) ended.tail = output_tail(*log->second);
      ended.log_path = log->second->path();
    }
    failed_.push_back(std::move(ended));
  } else if (tree_.is_top(id) && (change.result.state == JobState::skipped || change.result.state == JobState::cancelled)) {
    stopped_.push_back(&change.job);
  }
  if (log != logs_.end()) logs_.erase(log);
}

// A member's failure is one of the run only if every group around it failed as well.
bool FailureSummary::counts_as_failed(const Ended& ended, const std::vector<JobResult>& results) const {
  for (std::uint32_t id = tree_.parent(ended.job->id); id != JobTree::kNone; id = tree_.parent(id)) {
    if (!is_failure(results[id])) return false;
  }
  return true;
}

std::string FailureSummary::text(const RunEnd& end) const {
  std::string text;
  std::size_t shown = 0;
  std::size_t folded = 0;
  for (const Ended& ended : failed_) {
    if (!counts_as_failed(ended, end.results)) continue;
    if (shown == kMostFailures) {
      ++folded;
      continue;
    }
    ++shown;
    append_failure(text, ended, end.results[ended.job->id]);
  }
  if (folded > 0) text += and_more(folded, "failures");
  if (shown > 0 || end.stopped != CancelReason::none) append_stopped(text, end.results);
  return text;
}

void FailureSummary::append_failure(std::string& text, const Ended& ended, const JobResult& result) const {
  text += style_.state(result.state, state_word(result.state)) + ' ' + ended.job->name + ": " + reason_of(result.outcome);
  if (const std::string words = attempt_words(*ended.job, result.attempts); !words.empty()) text += " (" + words + ")";
  text += '\n';
  std::string_view rest = ended.tail;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    text += "  | ";
    text += line;
    if (terminal_ && line.find('\x1b') != std::string_view::npos) text += "\x1b[0m";
    text += '\n';
  }
  if (!ended.log_path.empty()) text += "  log: " + ended.log_path + "\n";
}

void FailureSummary::append_stopped(std::string& text, const std::vector<JobResult>& results) const {
  for (std::size_t i = 0; i < stopped_.size(); ++i) {
    if (i == kMostStopped) {
      text += and_more(stopped_.size() - i, "jobs that were skipped or cancelled");
      return;
    }
    const JobResult& result = results[stopped_[i]->id];
    text += style_.state(result.state, state_word(result.state)) + ' ' + stopped_[i]->name;
    if (const std::string reason = reason_of(result.outcome); !reason.empty()) text += ": " + reason;
    text += '\n';
  }
}

}  // namespace corun
