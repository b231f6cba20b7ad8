// What people see of a run. Knows nothing of the event loop.
#include "report/console.h"

#include <algorithm>
#include <utility>

#include "base/duration.h"
#include "base/text.h"
#include "report/live_output.h"
#include "report/prefixed_output.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostUnranLines = 20;  // of jobs that never ran, in one turn of the loop
constexpr std::size_t kMostItemLines = 100;  // of one foreach
constexpr std::size_t kMostTicked = 5;
constexpr std::size_t kMostShown = 50;
constexpr std::size_t kLeastShown = 4;   // however small the terminal is
constexpr std::size_t kWordColumns = 8;  // DEGRADED
constexpr std::size_t kTimeColumns = 6;

std::string padded(std::string text, std::size_t columns, bool to_the_right) {
  const std::size_t missing = columns > text.size() ? columns - text.size() : 0;
  return to_the_right ? std::string(missing, ' ') + text : text + std::string(missing, ' ');
}

std::string stop_words(CancelReason reason) {
  switch (reason) {
    case CancelReason::interrupted: return "interrupted";
    case CancelReason::terminated: return "asked to end";
    case CancelReason::run_timeout: return "the run's timeout has passed";
    case CancelReason::fail_fast: return "stopping at the first failure";
    default: return to_string(reason);
  }
}

std::unique_ptr<OutputOrder> make_order(OutputStream& stream, const ConsoleSettings& settings) {
  if (settings.log_order == LogOrder::prefixed) return std::make_unique<PrefixedOutput>(stream, settings.output_color);
  if (settings.log_order == LogOrder::grouped) return LiveOutput::grouped(stream);
  return std::make_unique<LiveOutput>(stream);
}

}  // namespace

Console::Console(OutputStream& out, OutputStream& err, ConsoleSettings settings)
    : out_(out),
      err_(err),
      settings_(settings),
      style_(settings.color),
      output_(make_order(out, settings)),
      summary_(settings.color, settings.terminal),
      display_(settings.live == nullptr ? nullptr
                                        : std::make_unique<LiveDisplay>(err, *settings.live, running_, settings.color,
                                                                        settings.output_piped ? &out.queue() : nullptr)) {}

// What the live view shows has changed.
void Console::touch() {
  if (!display_) return;
  RunProgress progress;
  progress.ended = ended_;
  progress.total = total_;
  progress.failed = summary_.failures();
  progress.started = started_;
  display_->update(progress);
}

void Console::say(std::string_view line) {
  err_.end_style();
  err_.start_line();
  err_.append(line);
  err_.append("\n");
}

std::string Console::progress() const {
  const std::string total = std::to_string(total_);
  return '[' + padded(std::to_string(ended_), settings_.terminal ? total.size() : 0, true) + '/' + total + "] ";
}

void Console::run_start(const RunStart& start) {
  total_ = start.total;
  started_ = start.time;
  if (!start.earlier.empty() && settings_.quiet == 0) say("corun: resuming run " + std::string(start.earlier));
  running_.run_start(start);
  output_->run_start(start);
  if (!display_) return;
  display_->estimate().run_start(start, earlier_);
  touch();
  display_->begin();
}

void Console::job_state(const JobStateChange& change) {
  running_.job_state(change);
  if (is_final(change.result.state)) job_ended(change);
  if (display_) display_->estimate().job_state(change);
  touch();
}

void Console::job_ended(const JobStateChange& change) {
  const JobResult& result = change.result;
  if (is_top(change.job)) ++ended_;
  if (settings_.job_output && settings_.quiet == 0) output_->job_ended(change.job);
  summary_.job_ended(change);

  // Of many items only those that failed are told.
  const bool one_of_many = change.job.siblings > kMostItemLines && result.state == JobState::succeeded;
  if (result.restored) return;  // the end says how many
  const bool wanted = (settings_.quiet == 0 && !one_of_many) || (settings_.quiet == 1 && is_failure(result));
  if (!wanted || !settings_.progress) return;
  const bool ran = run_time(result) > Duration(0);
  if (!ran && !is_failure(result) && ++unran_lines_ > kMostUnranLines) return;

  const std::size_t columns = settings_.terminal ? kWordColumns : 0;
  const std::string word = std::string(state_word(result.state));
  std::string line = progress() + style_.state(result.state, word) + padded("", columns - std::min(columns, word.size()), false);
  if (ran || columns > 0) line += ' ' + padded(ran ? format_elapsed(run_time(result)) : "", columns > 0 ? kTimeColumns : 0, true);
  line += ' ' + change.job.name;
  if (const std::string reason = reason_of(result.outcome); !reason.empty()) line += ": " + reason;
  std::string notes = result.attempts > 1 ? attempt_words(change.job, result) : std::string();
  if (result.state == JobState::degraded) notes += notes.empty() ? "fallback" : ", fallback";
  if (result.failure_allowed && !is_success(result.state)) notes += notes.empty() ? "allowed" : ", allowed";
  if (result.cache != CacheUse::none) notes += (notes.empty() ? "" : ", ") + std::string(cache_word(result.cache));
  if (!notes.empty()) line += " (" + notes + ")";
  say(line);
}

void Console::attempt_start(const AttemptStart& attempt) {
  running_.attempt_start(attempt);
  if (!attempt.beside) output_->attempt_started(attempt.job);
  touch();
}

void Console::attempt_end(const AttemptEnd& attempt) {
  running_.attempt_end(attempt);
  touch();
}

void Console::output(const OutputChunk& chunk) {
  summary_.output(chunk);
  if (chunk.begins) output_->attempt_started(chunk.job);
  if (settings_.job_output && settings_.quiet == 0) output_->output(chunk);
}

void Console::retry_wait(const RetryWait& wait) {
  running_.retry_wait(wait);
  touch();
}

void Console::breaker(const BreakerChange& change) {
  running_.breaker(change);
  touch();
  if (settings_.quiet > 0) return;
  std::string line = "corun: breaker `" + std::string(change.breaker) + "` is " + std::string(change.to);
  if (change.to == "open") line += " for " + format_elapsed(change.open_for);
  say(line);
}

void Console::lock(const LockChange& change) {
  const bool goes_on = change.change == "waiting" || change.change == "replacing";  // the others end it: `not_run`
  if (settings_.quiet == 0 && goes_on) say("corun: " + escape_control(change.message));
}

void Console::not_run(const NotRun& end) {
  if (end.exit_code != 0 || settings_.quiet == 0) say("corun: " + escape_control(end.message));
}

void Console::warning(std::string_view message) {
  if (settings_.quiet > 1) return;
  say("corun: " + style_.warning("warning") + ": " + escape_control(message));
}

// Groups aren't counted: their members are what ends.
void Console::stopping(CancelReason reason, std::size_t /*jobs_running*/) {
  running_.stopping();
  touch();
  if (settings_.quiet > 1) return;
  const std::size_t jobs_running = running_.count();
  std::string line = "corun: " + stop_words(reason);
  if (jobs_running > 0) {
    line += "; ending " + std::to_string(jobs_running) + (jobs_running == 1 ? " job" : " jobs");
    if (reason == CancelReason::interrupted) line += " (interrupt again to kill)";
  }
  say(line);
}

void Console::killing() {
  if (settings_.quiet < 2) say("corun: killing what still runs");
}

void Console::run_end(const RunEnd& end) {
  if (display_) display_->end();
  flush();
  if (settings_.quiet > 2) return;
  const std::string failures = summary_.text(end);
  if (settings_.quiet > 0 && failures.empty()) return;
  if (settings_.quiet < 2) {
    err_.end_style();
    err_.start_line();
    if (!failures.empty() && ended_ > 0 && settings_.progress) err_.append("\n");
    say(summary_.counts().line(end.elapsed));
    if (!failures.empty()) err_.append("\n");
  }
  err_.start_line();
  err_.append(failures);
  if (!end.resume.empty() && settings_.quiet < 2) say("resume with: " + std::string(end.resume));
}

void Console::flush() {
  if (unran_lines_ > kMostUnranLines) {
    say(progress() + "… and " + std::to_string(unran_lines_ - kMostUnranLines) + " more that never ran");
  }
  unran_lines_ = 0;
  if (display_) display_->flush();
  out_.offer();
  err_.offer();
}

void Console::tick(TimePoint now) {
  if (settings_.quiet > 0 || !settings_.progress || running_.count() == 0 || (display_ && display_->is_shown())) return;
  std::string line = progress() + format_elapsed(now - started_) + ", " + std::to_string(running_.count()) + " running";
  const char* separator = ": ";
  for (const std::string& job : running_.lines(now, kMostTicked)) line += std::exchange(separator, "; ") + job;
  if (running_.count() > kMostTicked) line += "; … and " + std::to_string(running_.count() - kMostTicked) + " more";
  say(line);
}

void Console::show_running(TimePoint now) {
  const std::size_t waiting = running_.waiting_count();
  const std::size_t most = display_ ? std::clamp(display_->lines() / 2, kLeastShown, kMostShown) : kMostShown;
  std::string head = progress() + format_elapsed(now - started_) + ", " + std::to_string(running_.count()) + " running";
  if (waiting > 0) head += ", " + std::to_string(waiting) + " waiting";
  say(head);
  const auto show = [this](const std::vector<std::string>& lines, std::size_t count) {
    for (const std::string& line : lines) say("  " + line);
    if (count > lines.size()) say("  … and " + std::to_string(count - lines.size()) + " more");
  };
  const std::vector<std::string> items = running_.item_lines(now, most);
  show(items, items.size());
  show(running_.lines(now, most), running_.count());
  show(running_.waiting_lines(now, most / 2), waiting);
  const std::vector<std::string> breakers = running_.breaker_lines(now);
  show(breakers, breakers.size());
}

}  // namespace corun
