// The end of a run in words. Knows nothing of progress.
#include "report/failure_summary.h"

#include <algorithm>

#include "report/output_tail.h"
#include "report/plain_text.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostTails = 20;     // failures shown with their output: it is kept in memory until the end
constexpr std::size_t kMostFailures = 50;  // shown at all; the others are counted
constexpr std::size_t kMostKept = 1000;    // remembered at all
constexpr std::size_t kMostStopped = 10;
constexpr std::size_t kMostOverdue = 20;

std::string and_more(std::size_t count, std::string_view what) {
  return "… and " + std::to_string(count) + " more " + std::string(what) + "\n";
}

}  // namespace

// What failed inside a job counts only if the job failed as well, and of a group that is tried again only its last try.
void FailureSummary::forget_inside(const Job& job) {
  if (failed_.empty()) return;
  const std::string& name = job.name;
  std::erase_if(failed_, [&](const Ended& ended) {
    const char next = ended.name.size() > name.size() ? ended.name[name.size()] : '\0';
    return ended.name.starts_with(name) && (next == '/' || next == '[');
  });
}

void FailureSummary::job_ended(const JobStateChange& change) {
  const Job& job = change.job;
  const JobState state = change.result.state;
  if (is_top(job)) counts_.add(change.result);
  const auto log = logs_.find(job.id);
  if (!is_top(job)) std::erase_if(failed_, [&](const Ended& ended) { return ended.name == job.name; });
  Ended ended{job.name, state, reason_of(change.result.outcome), {}, {}};
  if (is_failure(change.result)) {
    if (const std::string words = attempt_words(job, change.result.attempts); !words.empty()) ended.reason += " (" + words + ")";
    if (log != logs_.end()) {
      if (failed_.size() < kMostTails) ended.tail = tail_of(*log->second);
      ended.log_path = log->second->path();
    }
    if (failed_.size() < kMostKept) {
      failed_.push_back(std::move(ended));
    } else {
      ++more_failed_;
    }
  } else {
    forget_inside(job);
    const bool overdue = mail_ && state == JobState::cancelled && change.result.attempts > 0 &&
                         change.result.outcome.cancel_reason == CancelReason::run_timeout;
    if (overdue && log != logs_.end()) {
      ended.tail = tail_of(*log->second);
      ended.log_path = log->second->path();
    }
    note_stopped(job, std::move(ended), overdue);
  }
  if (log != logs_.end()) logs_.erase(log);
}

void FailureSummary::note_stopped(const Job& job, Ended ended, bool overdue) {
  if (overdue) {
    // A group says nothing that its members haven't.
    const bool told = std::any_of(overdue_.begin(), overdue_.end(), [&](const Ended& each) {
      const char next = each.name.size() > job.name.size() ? each.name[job.name.size()] : '\0';
      return each.name.starts_with(job.name) && (next == '/' || next == '[');
    });
    if (told) return;
    if (overdue_.size() < kMostOverdue) {
      overdue_.push_back(std::move(ended));
    } else {
      ++more_overdue_;
    }
    return;
  }
  if (!is_top(job) || (ended.state != JobState::skipped && ended.state != JobState::cancelled)) return;
  if (stopped_.size() < kMostStopped) {
    stopped_.push_back(std::move(ended));
  } else {
    ++more_stopped_;
  }
}

std::string FailureSummary::tail_of(const OutputLog& log) const { return mail_ ? plain_tail(log) : output_tail(log); }

std::size_t FailureSummary::failures() const {
  const std::size_t top = counts_.of(JobState::failed) + counts_.of(JobState::timed_out) + counts_.of(JobState::rejected);
  return std::max<std::size_t>(top, failed_.empty() ? 0 : 1);
}

std::string FailureSummary::first_name() const {
  if (!failed_.empty()) return failed_.front().name;
  return overdue_.empty() ? std::string() : overdue_.front().name;
}

std::string FailureSummary::overdue() const {
  if (overdue_.empty()) return {};
  const std::size_t others = overdue_.size() - 1 + more_overdue_;
  return overdue_.front().name + (others > 0 ? " and " + std::to_string(others) + " more were" : " was") + " still running";
}

std::string FailureSummary::text(const RunEnd& end) const {
  std::string text;
  for (std::size_t i = 0; i < std::min(failed_.size(), kMostFailures); ++i) append_failure(text, failed_[i]);
  const std::size_t folded = failed_.size() - std::min(failed_.size(), kMostFailures) + more_failed_;
  if (folded > 0) text += and_more(folded, "failures");
  for (const Ended& ended : overdue_) append_failure(text, ended);
  if (more_overdue_ > 0) text += and_more(more_overdue_, "jobs that were still running");
  if (!failed_.empty() || end.stopped != CancelReason::none) append_stopped(text);
  return text;
}

void FailureSummary::append_failure(std::string& text, const Ended& ended) const {
  text += style_.state(ended.state, state_word(ended.state)) + ' ' + ended.name + ": " + ended.reason + '\n';
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

void FailureSummary::append_stopped(std::string& text) const {
  for (const Ended& ended : stopped_) {
    text += style_.state(ended.state, state_word(ended.state)) + ' ' + ended.name;
    if (!ended.reason.empty()) text += ": " + ended.reason;
    text += '\n';
  }
  if (more_stopped_ > 0) text += and_more(more_stopped_, "jobs that were skipped or cancelled");
}

}  // namespace corun
