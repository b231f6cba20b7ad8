// What jobs came to, kept for those that would do the same: in the database, or in memory without one. Knows nothing of jobs,
// and not how old an entry may be.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/outcome.h"
#include "base/unique_fd.h"
#include "state/store.h"

namespace corun {

/// One entry.
struct CacheEntry {
  std::string key;   ///< hexadecimal
  std::string job;   ///< whose it is, for people
  std::string file;  ///< its job file
  WallTime stored{};
  FailureKind kind = FailureKind::none;  ///< none, exit_code, http_status or expectation
  int exit_code = -1;
  int http_status = 0;
  std::uint32_t attempts = 0;
  std::uint16_t parts = 0;  ///< of the result that are in `data`
  std::string etag;         ///< what a server told it apart by; "": nothing
  std::string modified;     ///< the same, a date
  std::string message;      ///< of a failure
  std::string data;         ///< JSON: what other jobs look at; "": nothing
  std::string output;       ///< what it wrote

  bool ok() const { return kind == FailureKind::none; }
  std::uint64_t bytes() const;
};

/// How much is kept.
struct CacheBounds {
  std::uint64_t total = std::uint64_t{256} << 20;
  std::uint64_t entry = std::uint64_t{8} << 20;
  std::uint64_t in_memory = std::uint64_t{64} << 20;  ///< in all, without a database
};

/// Entries by key; those that were used longest ago give way to new ones.
class ResultCache {
 public:
  /// Both must outlive this.
  ResultCache(Store& store, const Clock& clock, CacheBounds bounds = {});
  ~ResultCache();
  ResultCache(const ResultCache&) = delete;
  ResultCache& operator=(const ResultCache&) = delete;

  const CacheBounds& bounds() const { return bounds_; }

  /// The entry of a key, used now; nothing if there is none.
  std::optional<CacheEntry> find(const std::string& key);
  /// Keeps an entry instead of the one of its key, as stored now. It must be within the bounds.
  void keep(CacheEntry entry);
  /// The entry of a key is as good as stored now.
  void renew(const std::string& key);

  /// Whether this process is the one to do what comes to `key`; false: another one that lives does it.
  bool lead(const std::string& key);
  /// It has been done, or given up.
  void release(const std::string& key);

 private:
  struct Statements;
  struct Remembered {
    CacheEntry entry;
    std::uint64_t used = 0;
  };

  template <typename Use>
  bool in_database(Use use);
  void write(const CacheEntry& entry);
  void make_room();
  void remember(CacheEntry entry);
  bool set_lease(const std::string& key, short type);

  Store& store_;
  const Clock& clock_;
  CacheBounds bounds_;
  UniqueFd leases_;  // a file with a locked byte for each key that this process leads: given up with the process
  std::unique_ptr<Statements> statements_;
  std::unordered_map<std::string, Remembered> memory_;
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t uses_ = 0;
};

}  // namespace corun
