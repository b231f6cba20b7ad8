// What runs and what waits at the moment, since when and for what; the breakers that have opened. Knows nothing of where it is
// shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/report.h"

namespace corun {

/// Follows the jobs between their first attempt and their end; groups aren't jobs here, their members are.
class RunningJobs {
 public:
  struct Running {
    const Job* job;
    TimePoint since;
    std::uint32_t attempt = 0;  ///< the last one that began
    std::uint32_t at_once = 0;  ///< attempts that run
    TimePoint next_try{};       ///< while it waits for one
    std::string why{};          ///< the last attempt failed
  };
  /// A job that has many items, and runs.
  struct Items {
    const Job* job;
    TimePoint since;
    std::size_t ended = 0;
    std::size_t total = 0;  ///< 0: not known yet
  };

  void run_start(const RunStart& start) { file_ = &start.file; }
  /// Whatever runs is to end.
  void stopping() { is_stopping_ = true; }
  bool is_stopping() const { return is_stopping_; }
  void job_state(const JobStateChange& change);
  void attempt_start(const AttemptStart& attempt);
  void attempt_end(const AttemptEnd& attempt);
  void retry_wait(const RetryWait& wait);
  void breaker(const BreakerChange& change);

  /// `attempt 2 of 5`, `attempt 2 of 2, 2 at once`; "": it has only one.
  static std::string attempt_words(const Running& running);

  std::size_t count() const { return jobs_.size(); }
  /// Those that run, longest running first, at most `most`.
  std::vector<const Running*> longest(std::size_t most) const;
  /// How many wait for their next try.
  std::size_t retrying(TimePoint now) const;
  /// When the first of their tries begins; nothing if none waits for one.
  std::optional<TimePoint> next_try(TimePoint now) const;
  /// Breakers that aren't closed, and until when; by name.
  const std::map<std::string, TimePoint>& breakers() const { return open_breakers_; }
  /// One line a job, longest running first, at most `most`: `fetch: 41s, attempt 2 of 5, next try in 1.6s`.
  std::vector<std::string> lines(TimePoint now, std::size_t most) const;

  /// Jobs with items of which some have begun, in the order in which they did; at most `most`.
  std::vector<const Items*> with_items(std::size_t most) const;
  /// The same, a line a job: `fetch: 41s, 440 of 1000 items`.
  std::vector<std::string> item_lines(TimePoint now, std::size_t most) const;

  std::size_t waiting_count() const { return waiting_.size(); }
  /// One line a job that is ready and waits for its turn, in their order: `load: waiting 3.0s for limit db or a process slot`.
  std::vector<std::string> waiting_lines(TimePoint now, std::size_t most) const;
  /// One line a breaker that isn't closed: `breaker api: open for another 28s`.
  std::vector<std::string> breaker_lines(TimePoint now) const;

 private:
  struct Waiting {
    const Job* job;
    TimePoint since;
  };
  std::string awaited(const Job& job) const;
  void note_item(const Job& job, bool has_ended);

  const JobFile* file_ = nullptr;
  std::unordered_map<std::uint32_t, Running> jobs_;     // by id
  std::unordered_map<std::uint32_t, Waiting> waiting_;  // by id
  std::unordered_map<std::uint32_t, Items> items_;      // by id
  bool is_stopping_ = false;
  std::map<std::string, TimePoint> open_breakers_;  // until when; by name
};

}  // namespace corun
