// Lists and prunes the entries of the cache for people. Knows nothing of how runs use them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "state/database.h"

namespace corun {

/// An entry without what it holds.
struct CacheListing {
  std::string key;
  std::string job;
  std::string file;
  WallTime stored{};
  WallTime used{};
  std::uint64_t bytes = 0;
  std::string kind;  ///< of a failure; "none" of a success
};

/// What was removed.
struct CachePruned {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};

/// Every entry, the one that was used last first. Throws DatabaseError.
std::vector<CacheListing> list_cache(Database& database);

/// Removes the entries that haven't been used since `before`; nothing: all of them, and what is known of files. Gives their space
/// back. Throws DatabaseError.
CachePruned prune_cache(Database& database, std::optional<WallTime> before);

}  // namespace corun
