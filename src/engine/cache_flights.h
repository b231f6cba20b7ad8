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
#include "engine/cache_answer.h"
#include "graph/job.h"
#include "io/input_files.h"
#include "loop/awaiters.h"

namespace corun {

/// One job that is at work for all of its key.
struct CacheFlight {
  /// How it ended for them.
  struct End {
    std::optional<CacheAnswer> answer;    ///< what it came to, where that is as good as the followers' own
    std::uint16_t parts = 0;              ///< of the result that are in it
    const CacheSpec* only_for = nullptr;  ///< those that have this one; null: all
    bool too_large = false;               ///< there is no answer since it is too much to be handed on: everyone for itself
  };

  std::vector<Event*> followers;
  End end;
};

/// The flights of a run by key, and what else its cached jobs share.
struct CacheFlights {
  /// `memory`: of files, what other runs know; null: nothing. It must outlive this.
  CacheFlights(WallTime start, FileMemory* memory) : files(memory), run_started(start) {}

  std::shared_ptr<CacheFlight> find(const std::string& key) const {
    const auto found = flights.find(key);
    return found == flights.end() ? nullptr : found->second;
  }
  void begin(const std::string& key) { flights.emplace(key, std::make_shared<CacheFlight>()); }
  /// Whether anybody waits for it.
  bool has_followers(const std::string& key) const {
    const auto found = flights.find(key);
    return found != flights.end() && !found->second->followers.empty();
  }
  /// The flight is over; its followers go on.
  void end(const std::string& key, CacheFlight::End end) {
    const auto found = flights.find(key);
    if (found == flights.end()) return;
    const std::shared_ptr<CacheFlight> flight = std::move(found->second);
    flights.erase(found);
    flight->end = std::move(end);
    for (Event* follower : flight->followers) follower->set();
  }

  std::unordered_map<std::string, std::shared_ptr<CacheFlight>> flights;
  FileDigests files;
  WallTime run_started;
  bool told_trouble = false;                        ///< that keys can't be made here
  std::unordered_set<std::uint32_t> told_not_kept;  ///< jobs, as written, whose results can't be kept
};

}  // namespace corun
