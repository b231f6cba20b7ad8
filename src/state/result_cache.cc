// Rows of entries, locks of keys, and a map where there is no database. Knows nothing of jobs.
#include "state/result_cache.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace corun {
namespace {

constexpr std::uint64_t kOverhead = 256;         // of an entry besides its texts
constexpr std::int64_t kUsedPrecision = 60'000;  // milliseconds: a hit isn't written down each time
constexpr int kMostRemoved = 16;                 // entries in one step

}  // namespace

struct ResultCache::Statements {
  explicit Statements(Database& database)
      : find(
            database.prepare("SELECT job, file, stored, used, kind, exit_code, status, attempts, parts, etag, modified, message, "
                             "data, output FROM cache WHERE key = ?")),
        keep(
            database.prepare("INSERT INTO cache(key, job, file, stored, used, bytes, kind, exit_code, status, attempts, parts, "
                             "etag, modified, message, data, output) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                             "ON CONFLICT(key) DO UPDATE SET job = excluded.job, file = excluded.file, stored = excluded.stored, "
                             "used = excluded.used, bytes = excluded.bytes, kind = excluded.kind, exit_code = "
                             "excluded.exit_code, status = excluded.status, attempts = excluded.attempts, parts = "
                             "excluded.parts, etag = excluded.etag, modified = excluded.modified, message = excluded.message, "
                             "data = excluded.data, output = excluded.output")),
        use(database.prepare("UPDATE cache SET used = ? WHERE key = ?")),
        renew(database.prepare("UPDATE cache SET stored = ?, used = ? WHERE key = ?")),
        total(database.prepare("SELECT bytes FROM cache_total")),
        remove_oldest(database.prepare("DELETE FROM cache WHERE number = (SELECT number FROM cache ORDER BY used LIMIT 1)")) {}

  Statement find;
  Statement keep;
  Statement use;
  Statement renew;
  Statement total;
  Statement remove_oldest;
};

std::uint64_t CacheEntry::bytes() const {
  return kOverhead + key.size() + job.size() + file.size() + etag.size() + modified.size() + message.size() + data.size() +
         output.size();
}

ResultCache::ResultCache(Store& store, const Clock& clock, CacheBounds bounds) : store_(store), clock_(clock), bounds_(bounds) {}

ResultCache::~ResultCache() = default;

// Whether there is a database, and `use` of it went well.
template <typename Use>
bool ResultCache::in_database(Use use) {
  Database* database = store_.database();
  if (database == nullptr) return false;
  try {
    if (statements_ == nullptr) statements_ = std::make_unique<Statements>(*database);
    use(*database);
    return true;
  } catch (const DatabaseError& error) {
    store_.report(error);
    return false;
  }
}

std::optional<CacheEntry> ResultCache::find(const std::string& key) {
  std::optional<CacheEntry> found;
  in_database([&](Database& database) {
    Statement& row = statements_->find.with(key);
    if (!row.next()) return;
    found.emplace();
    found->key = key;
    found->job = row.text(0);
    found->file = row.text(1);
    found->stored = from_milliseconds(row.integer(2));
    const std::int64_t used = row.integer(3);
    found->kind = failure_kind_of(row.integer(4));
    found->exit_code = static_cast<int>(row.integer(5));
    found->http_status = static_cast<int>(row.integer(6));
    found->attempts = static_cast<std::uint32_t>(row.integer(7));
    found->parts = static_cast<std::uint16_t>(row.integer(8));
    found->etag = row.text(9);
    found->modified = row.text(10);
    found->message = row.text(11);
    found->data = row.text(12);
    found->output = row.text(13);
    while (row.next()) continue;  // ends the reading
    const std::int64_t now = to_milliseconds(clock_.wall_now());
    if (std::abs(now - used) < kUsedPrecision) return;  // the clock may have been wrong
    database.write([&] { statements_->use.with(now, key).run(); });
  });
  if (found) return found;
  const auto remembered = memory_.find(key);
  if (remembered == memory_.end()) return std::nullopt;
  remembered->second.used = ++uses_;
  return remembered->second.entry;
}

void ResultCache::keep(CacheEntry entry) {
  entry.stored = clock_.wall_now();
  const bool written = in_database([&](Database& database) {
    database.write([&] {
      write(entry);
      make_room();
    });
  });
  if (!written) remember(std::move(entry));
}

void ResultCache::write(const CacheEntry& entry) {
  const std::int64_t now = to_milliseconds(entry.stored);
  statements_->keep
      .with(entry.key, entry.job, entry.file, now, now, entry.bytes(), static_cast<int>(entry.kind), entry.exit_code,
            entry.http_status, entry.attempts, entry.parts, entry.etag, entry.modified, entry.message, entry.data, entry.output)
      .run();
}

// A few entries at a time: what is too much now is less with each that is kept.
void ResultCache::make_room() {
  for (int i = 0; i < kMostRemoved; ++i) {
    Statement& total = statements_->total.with();
    const bool too_much = total.next() && static_cast<std::uint64_t>(total.integer(0)) > bounds_.total;
    while (total.next()) continue;
    if (!too_much) return;
    statements_->remove_oldest.with().run();
  }
}

void ResultCache::remember(CacheEntry entry) {
  const auto forget = [this](auto place) {
    memory_bytes_ -= place->second.entry.bytes();
    memory_.erase(place);
  };
  if (const auto before = memory_.find(entry.key); before != memory_.end()) forget(before);
  memory_bytes_ += entry.bytes();
  std::string key = entry.key;
  memory_.emplace(std::move(key), Remembered{std::move(entry), ++uses_});
  while (memory_bytes_ > bounds_.in_memory) {
    forget(std::min_element(memory_.begin(), memory_.end(),
                            [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
}

void ResultCache::renew(const std::string& key) {
  const std::int64_t now = to_milliseconds(clock_.wall_now());
  in_database([&](Database& database) { database.write([&] { statements_->renew.with(now, now, key).run(); }); });
  if (const auto remembered = memory_.find(key); remembered != memory_.end()) {
    remembered->second.entry.stored = clock_.wall_now();
  }
}

// Takes or gives up the byte of a key; false: another process has it. Where such locks can't be had nobody waits for anybody.
bool ResultCache::set_lease(const std::string& key, short type) {
  if (store_.directory().empty()) return true;
  if (!leases_) {
    leases_ = UniqueFd(::open((store_.directory() + "/leases").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  }
  constexpr std::size_t kDigits = 15;  // of hexadecimal: as much as an offset holds
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(std::strtoull(key.substr(0, kDigits).c_str(), nullptr, 16));
  lock.l_len = 1;
  return !leases_ || ::fcntl(leases_.get(), F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

bool ResultCache::lead(const std::string& key) { return set_lease(key, F_WRLCK); }

void ResultCache::release(const std::string& key) { set_lease(key, F_UNLCK); }

}  // namespace corun
