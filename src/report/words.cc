// How states, outcomes and times are put into words. Knows nothing of where the words go.
#include "report/words.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/text.h"
#include "graph/attempts.h"

namespace corun {
namespace {

std::string plain_reason(const Outcome& outcome) {
  switch (outcome.kind) {
    case FailureKind::exit_code: return "exit code " + std::to_string(outcome.exit_code);
    case FailureKind::signal: return "ended by signal " + std::to_string(outcome.signal);
    case FailureKind::http_status: return "HTTP " + std::to_string(outcome.http_status);
    case FailureKind::cancelled: return to_string(outcome.cancel_reason);
    default: break;
  }
  std::string words = to_string(outcome.kind);
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

}  // namespace

std::string_view state_word(JobState state) {
  switch (state) {
    case JobState::succeeded: return "ok";
    case JobState::degraded: return "DEGRADED";
    case JobState::failed: return "FAIL";
    case JobState::timed_out: return "TIMEOUT";
    case JobState::skipped: return "SKIP";
    case JobState::cancelled: return "CANCEL";
    case JobState::rejected: return "REJECT";
    default: return to_string(state);
  }
}

std::string_view count_word(JobState state) {
  switch (state) {
    case JobState::succeeded: return "ok";
    case JobState::timed_out: return "timed out";
    default: return to_string(state);
  }
}

std::string_view cache_word(CacheUse use) {
  switch (use) {
    case CacheUse::none: break;
    case CacheUse::hit: return "cached";
    case CacheUse::renewed: return "not modified";
    case CacheUse::stale: return "stale";
  }
  return {};
}

std::string reason_of(const Outcome& outcome) {
  if (outcome.message.empty()) return outcome.ok() ? std::string() : plain_reason(outcome);
  std::string line = escape_control(outcome.message);
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return line;
}

std::string attempt_words(const Job& job, std::uint32_t attempt) {
  const std::uint32_t most = most_attempts(job);
  if (attempt == 0 || (attempt == 1 && most == 1)) return {};
  return "attempt " + std::to_string(attempt) + (most != 0 ? " of " + std::to_string(most) : "");
}

std::string attempt_words(const Job& job, const JobResult& result) {
  if (result.decided_by == 0) return attempt_words(job, result.attempts);
  const std::string words = "attempt " + std::to_string(result.decided_by) + " of " + std::to_string(result.attempts);
  return result.outcome.ok() ? words + " won" : words + " decided";
}

std::string item_words(std::size_t ended, std::size_t total) {
  return std::to_string(ended) + " of " + std::to_string(total) + (total == 1 ? " item" : " items");
}

Duration run_time(const JobResult& result) { return result.attempts == 0 ? Duration(0) : result.ended - result.started; }

std::string format_wall_time(WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
  const auto seconds = static_cast<std::time_t>(whole.time_since_epoch().count());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 80> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                    parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(milliseconds));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace corun
