// What is shown of a run while it goes on. Knows nothing of terminals.
#include "report/live_view.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/duration.h"
#include "base/text.h"
#include "base/text_columns.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostJobs = 8;
constexpr std::size_t kMostBreakers = 2;
constexpr std::size_t kMostItemRows = 2;
constexpr std::size_t kLeastName = 12;   // columns, however much is to be said of a job
constexpr std::size_t kNarrow = 50;      // columns: less, and the rows aren't aligned with the lines of ended jobs
constexpr std::size_t kWordColumns = 8;  // as those have
constexpr std::size_t kTimeColumns = 6;
constexpr Duration kFinely = 10s;  // a countdown shows tenths below it
constexpr Duration kTenth = 100ms;

std::string whole_seconds(Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::max(duration, Duration(0)));
  return seconds < 1min ? std::to_string(seconds.count()) + 's' : format_elapsed(seconds);
}

// Rounded up, so that it never says 0 before its end.
std::string countdown(Duration left) {
  if (left >= kFinely) return whole_seconds(std::chrono::ceil<std::chrono::seconds>(left));
  const auto tenths = std::max<std::int64_t>((left + kTenth - Duration(1)) / kTenth, 1);
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + 's';
}

class Rows {
 public:
  Rows(const RunningJobs& jobs, const RunProgress& progress, TimePoint now, RowSpace space)
      : jobs_(jobs), progress_(progress), now_(now), space_(space) {}

  std::vector<Row> make() {
    if (space_.rows == 0) return {};
    std::size_t left = space_.rows - 1;
    // What runs comes first where there is little room.
    const bool is_idle = jobs_.count() + jobs_.waiting_count() == 0;
    const std::size_t breakers = std::min({jobs_.breakers().size(), kMostBreakers, is_idle ? left : left / 2});
    left = std::min(left - breakers, kMostJobs);
    left -= add_items(left / 3);
    if (jobs_.count() > 0) {
      add_running(left);
    } else {
      add_waiting(left);
    }
    add_breakers(breakers);
    rows_.push_back(status());
    return std::move(rows_);
  }

 private:
  std::size_t add_items(std::size_t most) {
    const std::vector<const RunningJobs::Items*> jobs = jobs_.with_items(std::min(most, kMostItemRows));
    for (const RunningJobs::Items* items : jobs) {
      add(active_word(), Tone::active, now_ - items->since, items->job->name, ": " + item_words(items->ended, items->total), {});
    }
    return jobs.size();
  }

  void add_running(std::size_t most) {
    if (most == 0) return;
    const bool all = jobs_.count() <= most || most == 1;  // the status line says how many there are
    for (const RunningJobs::Running* running : jobs_.longest(all ? most : most - 1)) {
      const Job& job = *running->job;
      if (running->next_try <= now_) {
        const std::string words = running->attempt > 1 ? RunningJobs::attempt_words(*running) : std::string();
        add(active_word(), Tone::active, now_ - running->since, job.name, words.empty() ? words : " (" + words + ')', {});
        continue;
      }
      std::string words = ": retry in " + countdown(running->next_try - now_);
      if (const std::string attempt = attempt_words(job, running->attempt + 1); !attempt.empty()) words += " (" + attempt + ')';
      add("retrying", Tone::warning, now_ - running->since, job.name, words, running->why.empty() ? "" : ", " + running->why);
    }
    if (!all) add_more(jobs_.count() - (most - 1), " more run");
  }

  // Only where nothing runs: else whatever waits, waits for that.
  void add_waiting(std::size_t most) {
    if (most == 0 || jobs_.waiting_count() == 0) return;
    const bool all = jobs_.waiting_count() <= most;
    for (const std::string& line : jobs_.waiting_lines(now_, all ? most : most - 1)) {
      rows_.push_back({Span{indentation(), Tone::plain}, Span{line, Tone::faint}});
    }
    if (!all) add_more(jobs_.waiting_count() - (most - 1), " more wait");
  }

  void add_breakers(std::size_t most) {
    for (const auto& [name, until] : jobs_.breakers()) {
      if (most-- == 0) break;
      const bool is_open = until > now_;
      std::string words = is_open ? "open for another " + whole_seconds(until - now_ + 1s - Duration(1)) : "half-open";
      rows_.push_back(
          {Span{indentation(), Tone::plain}, Span{"breaker", Tone::warning}, Span{" " + name + ": " + words, Tone::plain}});
    }
  }

  std::string_view active_word() const { return jobs_.is_stopping() ? "ending" : "running"; }

  // The words are seen however long the name is; `more` only where there is room.
  void add(std::string_view word, Tone tone, Duration time, const std::string& name, const std::string& words,
           const std::string& more) {
    std::string seconds = whole_seconds(time);
    if (!is_narrow()) seconds.insert(0, kTimeColumns - std::min(kTimeColumns, seconds.size()), ' ');
    Row row;
    if (!is_narrow()) {
      row.push_back({indentation(), Tone::plain});
      row.push_back({std::string(word), tone});
      seconds.insert(0, kWordColumns - word.size() + 1, ' ');
    }
    std::size_t taken = 1 + seconds.size() + 1 + text_columns(words);  // the last column stays free
    for (const Span& span : row) taken += text_columns(span.text);
    const std::size_t room = std::max(space_.columns - std::min(space_.columns, taken), kLeastName);
    row.push_back({seconds + ' ' + shortened_in_middle(escape_control(name), room), Tone::plain});
    if (!(words + more).empty()) row.push_back({words + more, tone == Tone::active ? Tone::faint : tone});
    rows_.push_back(std::move(row));
  }

  void add_more(std::size_t count, std::string_view words) {
    rows_.push_back({Span{indentation(), Tone::plain}, Span{"… and " + std::to_string(count) + std::string(words), Tone::faint}});
  }

  // Less of it where it wouldn't fit: rather no word than half a number.
  Row status() const {
    Row row;
    for (const Fullness fullness :
         {Fullness::all, Fullness::no_zeros, Fullness::no_estimate, Fullness::failures, Fullness::least}) {
      row = status(fullness);
      std::size_t columns = 0;
      for (const Span& span : row) columns += text_columns(span.text);
      if (columns < space_.columns) break;
    }
    return row;
  }

  enum class Fullness : std::uint8_t { all, no_zeros, no_estimate, failures, least };

  Row status(Fullness fullness) const {
    const std::string total = std::to_string(progress_.total);
    std::string ended = std::to_string(progress_.ended);
    ended.insert(0, total.size() - std::min(total.size(), ended.size()), ' ');
    const std::size_t retrying = jobs_.retrying(now_);
    Row row = {{'[' + ended + '/' + total + "] ", Tone::strong}};
    const auto say = [&](std::size_t count, const char* word, Tone tone, Fullness most) {
      if (fullness > most || (count == 0 && fullness > Fullness::all)) return;
      row.push_back({std::to_string(count) + word, count > 0 ? tone : Tone::plain});
    };
    say(jobs_.count() - retrying, jobs_.is_stopping() ? " ending " : " running ", Tone::plain, Fullness::no_estimate);
    say(retrying, " retrying ", Tone::warning, Fullness::no_estimate);
    say(progress_.failed, " failed ", Tone::bad, Fullness::failures);
    row.push_back({clock_words(now_ - progress_.started), Tone::plain});
    const bool has_estimate = progress_.left && *progress_.left > Duration(0) && !jobs_.is_stopping();
    if (has_estimate && fullness < Fullness::no_estimate) row.push_back({" ETA " + clock_words(*progress_.left), Tone::faint});
    return row;
  }

  bool is_narrow() const { return space_.columns < kNarrow; }
  // As wide as `[12/40] `.
  std::string indentation() const { return std::string(is_narrow() ? 0 : 2 * std::to_string(progress_.total).size() + 4, ' '); }

  const RunningJobs& jobs_;
  const RunProgress& progress_;
  TimePoint now_;
  RowSpace space_;
  std::vector<Row> rows_;
};

}  // namespace

std::vector<Row> live_rows(const RunningJobs& jobs, const RunProgress& progress, TimePoint now, RowSpace space) {
  return Rows(jobs, progress, now, space).make();
}

TimePoint next_change(const RunningJobs& jobs, const RunProgress& progress, TimePoint now) {
  const Duration elapsed = now - progress.started;
  const TimePoint second = progress.started + std::chrono::floor<std::chrono::seconds>(elapsed) + 1s;
  const std::optional<TimePoint> next_try = jobs.next_try(now);
  if (!next_try) return second;
  if (*next_try - now <= kFinely) return std::min(second, now + kTenth);
  return std::min(second, *next_try - kFinely);
}

std::string clock_words(Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::max(duration, Duration(0))).count();
  std::array<char, 32> text{};
  const long long hours = seconds / 3600;
  if (hours > 0) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", hours, static_cast<long long>(seconds / 60 % 60),
                  static_cast<long long>(seconds % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%02lld:%02lld", static_cast<long long>(seconds / 60),
                  static_cast<long long>(seconds % 60));
  }
  return text.data();
}

}  // namespace corun
