// What a run came to, for each job of a list. Knows nothing of how it is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/job_listing.h"
#include "report/run_timeline.h"

namespace corun {

/// A job's end in a run.
struct ListedResult {
  bool known = false;  ///< false: the run says nothing of it
  JobState state = JobState::pending;
  bool restored = false;
  bool ran = false;  ///< there was an attempt, so that `started`, `time` and `attempts` say something
  Duration started{};
  Duration time{};
  std::uint32_t attempts = 0;
  std::string reason;
  std::map<JobState, std::size_t> items;  ///< of a loop, or of a job inside of one: how many ended so; empty: there are none
  bool is_on_failing_path = false;        ///< it failed, or never ran because of one that did
};

/// The ends of `listing.jobs` in the run, in their order.
std::vector<ListedResult> results_of(const JobListing& listing, const RunTimeline& timeline);

/// Whether the need `from` → `to` passed a failure on.
bool is_failing_edge(const ListedResult& from, const ListedResult& to);

/// "1.2s, 3 attempts"; "": it never ran.
std::string time_words(const ListedResult& result);

/// "12 items: 10 ok, 2 failed"; "": there are none.
std::string items_words(const ListedResult& result);

}  // namespace corun
