// How many jobs ended how. Knows nothing of single jobs.
#include "report/counts.h"

#include <utility>

#include "base/duration.h"
#include "report/json_object.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::array kOrder = {JobState::succeeded, JobState::degraded,  JobState::failed, JobState::timed_out,
                               JobState::rejected,  JobState::cancelled, JobState::skipped};

}  // namespace

void Counts::add(const JobResult& result) {
  ++total_;
  restored_ += static_cast<std::size_t>(result.restored);
  if (result.failure_allowed && !is_success(result.state)) {
    ++allowed_;
  } else {
    ++by_state_[static_cast<std::size_t>(result.state)];
  }
}

std::string Counts::line(Duration elapsed) const {
  std::string line = std::to_string(total_) + (total_ == 1 ? " job" : " jobs");
  const char* separator = ": ";
  const auto say = [&](std::size_t count, std::string_view word) {
    if (count == 0) return;
    line += std::exchange(separator, ", ") + std::to_string(count) + ' ';
    line += word;
  };
  for (const JobState state : kOrder) say(of(state), count_word(state));
  say(allowed_, "failed as allowed");
  if (restored_ > 0) line += " (" + std::to_string(restored_) + " done earlier)";
  return line + " in " + format_elapsed(elapsed);
}

void Counts::append_json(std::string& out) const {
  JsonObject counts(out);
  counts.number("total", static_cast<std::int64_t>(total_));
  for (const JobState state : kOrder) counts.number(to_string(state), static_cast<std::int64_t>(of(state)));
  counts.number("allowed", static_cast<std::int64_t>(allowed_));
  if (restored_ > 0) counts.number("restored", static_cast<std::int64_t>(restored_));
  counts.end();
}

}  // namespace corun
