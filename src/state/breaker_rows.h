// Breakers as rows of the database. Knows nothing of when they are read or written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/policy_settings.h"
#include "policy/breaker.h"
#include "policy/budget.h"
#include "state/database.h"
#include "state/run_owner.h"
#include "state/shared_time.h"

namespace corun {

/// A breaker as it is kept.
struct BreakerRow {
  std::int64_t id = 0;       ///< 0: it isn't there yet
  std::int64_t version = 0;  ///< of each change
  std::string scope;         ///< the job file
  std::string name;
  std::string settings;   ///< what `fingerprint` gave for those that it was kept with
  BreakerState state;     ///< its mode is the one set by hand; probes aren't counted
  std::int32_t tokens;    ///< of the retry budget, in thousandths
  TimePoint tokens_at{};  ///< when one was taken or given last
};

/// Everything that breakers are configured by, as one text; the mode isn't part of it.
std::string fingerprint(const BreakerSettings& settings);

/// Reads and writes them, inside of the caller's transaction; throws DatabaseError.
class BreakerRows {
 public:
  /// `database` must outlive this.
  explicit BreakerRows(Database& database);

  /// The version alone; 0: it isn't there.
  std::int64_t version(std::string_view scope, std::string_view name);
  /// The row; nothing if it isn't there.
  std::optional<BreakerRow> load(std::string_view scope, std::string_view name, const SharedTime& time);
  /// All rows, by name and scope.
  std::vector<BreakerRow> all(const SharedTime& time);
  /// Writes the row as its next version; sets what has changed in it by that.
  void save(BreakerRow& row, const SharedTime& time);

  /// Probes under way.
  std::uint32_t probes(std::int64_t breaker);
  /// Adds one.
  void add_probe(std::int64_t breaker, std::int64_t owner, TimePoint until);
  /// Removes one of an owner's; false: there is none, it was given up for lost.
  bool remove_probe(std::int64_t breaker, std::int64_t owner);
  /// Removes those whose time is over or whose owner is gone; gives how many.
  std::uint32_t remove_lost_probes(std::int64_t breaker, const RunOwner& owners, TimePoint now);
  /// Removes them all.
  void remove_probes(std::int64_t breaker);

 private:
  Database& database_;
  Statement version_;
  Statement load_;
  Statement insert_;
  Statement update_;
  Statement count_probes_;
  Statement probes_;
  Statement probe_of_owner_;
  Statement add_probe_;
  Statement remove_probe_;
  Statement remove_probes_;
};

}  // namespace corun
