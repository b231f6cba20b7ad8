// What the cached jobs of one run know of each other: who does what others wait for. Knows nothing of keys or entries.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/outcome.h"
#include "io/input_files.h"
#include "loop/awaiters.h"

namespace corun {

/// One job that is at work for all of its key.
struct CacheFlight {
  std::vector<Event*> followers;
  std::optional<Outcome> failure;  ///< what it came to, where that is as good as the followers' own failure
};

/// The flights of a run by key, and what else its cached jobs share.
struct CacheFlights {
  explicit CacheFlights(WallTime start) : run_started(start) {}

  std::shared_ptr<CacheFlight> find(const std::string& key) const {
    const auto found = flights.find(key);
    return found == flights.end() ? nullptr : found->second;
  }
  void begin(const std::string& key) { flights.emplace(key, std::make_shared<CacheFlight>()); }
  /// The flight is over; its followers go on.
  void end(const std::string& key, std::optional<Outcome> failure) {
    const auto found = flights.find(key);
    if (found == flights.end()) return;
    const std::shared_ptr<CacheFlight> flight = std::move(found->second);
    flights.erase(found);
    flight->failure = std::move(failure);
    for (Event* follower : flight->followers) follower->set();
  }

  std::unordered_map<std::string, std::shared_ptr<CacheFlight>> flights;
  FileDigests files;
  WallTime run_started;
  bool told_trouble = false;                        ///< that keys can't be made here
  std::unordered_set<std::uint32_t> told_not_kept;  ///< jobs, as written, whose results can't be kept
};

}  // namespace corun
