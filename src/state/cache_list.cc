// Queries over the cache's rows. Knows nothing of how runs use them.
#include "state/cache_list.h"

#include <limits>

#include "base/outcome.h"

namespace corun {
std::vector<CacheListing> list_cache(Database& database) {
  std::vector<CacheListing> list;
  Statement row = database.prepare("SELECT key, job, file, stored, used, bytes, kind FROM cache ORDER BY used DESC, number DESC");
  while (row.next()) {
    CacheListing entry;
    entry.key = row.text(0);
    entry.job = row.text(1);
    entry.file = row.text(2);
    entry.stored = from_milliseconds(row.integer(3));
    entry.used = from_milliseconds(row.integer(4));
    entry.bytes = static_cast<std::uint64_t>(row.integer(5));
    entry.kind = to_string(failure_kind_of(row.integer(6)));
    list.push_back(std::move(entry));
  }
  return list;
}

CachePruned prune_cache(Database& database, std::optional<WallTime> before) {
  constexpr std::int64_t kStep = 100;  // entries a transaction: runs that wait for it don't wait for long
  const std::int64_t limit = before ? to_milliseconds(*before) : std::numeric_limits<std::int64_t>::max();
  CachePruned pruned;
  Statement count = database.prepare("SELECT count(*), total(bytes) FROM (SELECT bytes FROM cache WHERE used < ? LIMIT ?)");
  Statement remove = database.prepare("DELETE FROM cache WHERE number IN (SELECT number FROM cache WHERE used < ? LIMIT ?)");
  for (bool more = true; more;) {
    database.write([&] {
      count.with(limit, kStep).next();
      more = count.integer(0) > 0;
      pruned.entries += static_cast<std::uint64_t>(count.integer(0));
      pruned.bytes += static_cast<std::uint64_t>(count.real(1));
      while (count.next()) continue;
      if (more) remove.with(limit, kStep).run();
    });
  }
  if (!before) database.write([&] { database.execute("DELETE FROM known_file"); });
  if (pruned.entries == 0) return pruned;
  try {
    database.execute("VACUUM");
    database.checkpoint();
  } catch (const DatabaseError&) {
    // A run is at work: the space is used again later.
  }
  return pruned;
}

}  // namespace corun
