// Entries in a database: found again, bounded, pruned; who leads. Knows no jobs.
#include "state/result_cache.h"

#include <unistd.h>

#include <filesystem>

#include "catch.h"
#include "state/cache_list.h"
#include "state/known_files.h"
#include "temporary_directory.h"

namespace corun {
namespace {

/// Stands where it is put.
class StillClock final : public Clock {
 public:
  TimePoint now() const override { return {}; }
  WallTime wall_now() const override { return wall; }
  bool skip_to(TimePoint) override { return true; }
  WallTime wall{1767225600s};
};

struct CacheTest {
  explicit CacheTest(const std::string& directory, CacheBounds bounds = {})
      : store(directory, [this](std::string_view message) { trouble = message; }), cache(store, clock, bounds) {}
  StillClock clock;
  std::string trouble;
  Store store;
  ResultCache cache;
};

CacheEntry entry(const std::string& key, std::size_t size = 3) {
  CacheEntry entry;
  entry.key = key;
  entry.job = "fetch";
  entry.file = "/x/jobs.yaml";
  entry.exit_code = 0;
  entry.attempts = 2;
  entry.parts = 5;
  entry.etag = "\"e\"";
  entry.modified = "Thu, 01 Jan 2026 00:00:00 GMT";
  entry.data = std::string(size, 'd');
  entry.output = std::string("o3:a\0b", 6);
  return entry;
}

}  // namespace

TEST_CASE("an entry is found as it was kept, by this process and by others, and without a directory in memory") {
  const TemporaryDirectory directory;
  for (const std::string& place : {directory.path, std::string()}) {
    CacheTest one(place);
    CHECK_FALSE(one.cache.find("k"));
    one.cache.keep(entry("k"));
    CacheTest other(place);
    ResultCache& reader = place.empty() ? one.cache : other.cache;
    const std::optional<CacheEntry> found = reader.find("k");
    REQUIRE(found);
    CHECK(found->ok());
    CHECK(found->stored == one.clock.wall);
    CHECK(found->attempts == 2);
    CHECK(found->parts == 5);
    CHECK(found->etag == "\"e\"");
    CHECK(found->modified == "Thu, 01 Jan 2026 00:00:00 GMT");
    CHECK(found->data == "ddd");
    CHECK(found->output == std::string("o3:a\0b", 6));
    CHECK(one.trouble.empty());
  }
}

TEST_CASE("a later entry takes the place of the one before; renewing makes it young") {
  const TemporaryDirectory directory;
  for (const std::string& place : {directory.path, std::string()}) {
    CacheTest test(place);
    test.cache.keep(entry("k"));
    CacheEntry failed = entry("k", 5);
    failed.kind = FailureKind::http_status;
    failed.http_status = 503;
    failed.message = "HTTP 503";
    test.cache.keep(failed);
    test.clock.wall += 1h;
    test.cache.renew("k");
    const std::optional<CacheEntry> found = test.cache.find("k");
    REQUIRE(found);
    CHECK(found->kind == FailureKind::http_status);
    CHECK(found->http_status == 503);
    CHECK(found->message == "HTTP 503");
    CHECK(found->stored == test.clock.wall);
  }
}

TEST_CASE("what was used longest ago gives way") {
  const TemporaryDirectory directory;
  CacheBounds bounds;
  bounds.total = bounds.in_memory = 4000;
  for (const std::string& place : {directory.path, std::string()}) {
    CacheTest test(place, bounds);
    for (const char* key : {"a", "b", "c"}) {
      test.cache.keep(entry(key, 900));
      test.clock.wall += 1h;
    }
    CHECK(test.cache.find("a"));
    test.clock.wall += 1h;
    test.cache.keep(entry("d", 900));
    CHECK(test.cache.find("a"));
    CHECK_FALSE(test.cache.find("b"));
    CHECK(test.cache.find("c"));
    CHECK(test.cache.find("d"));
  }
}

TEST_CASE("what was used by a clock ahead of time gives way like any other") {
  const TemporaryDirectory directory;
  CacheBounds bounds;
  bounds.total = bounds.in_memory = 4000;
  CacheTest test(directory.path, bounds);
  test.cache.keep(entry("a", 900));
  test.clock.wall -= 10h;
  for (const char* key : {"b", "c"}) test.cache.keep(entry(key, 900));
  CHECK(test.cache.find("a"));
  test.clock.wall += 1h;
  for (const char* key : {"b", "c"}) CHECK(test.cache.find(key));
  test.cache.keep(entry("d", 900));
  CHECK_FALSE(test.cache.find("a"));
  CHECK(test.cache.find("b"));
}

TEST_CASE("a file's digest is found by all that tells it apart; the oldest give way") {
  const TemporaryDirectory directory;
  Store store(directory.path, [](std::string_view message) { FAIL(message); });
  const FileIdentity file{1, 2, 3, 4, 5, 6, 7};
  KnownFiles(store).keep(file, "d");
  KnownFiles known(store, 2);
  CHECK(known.find(file) == "d");
  for (std::size_t i = 0; i < file.size(); ++i) {
    FileIdentity other = file;
    ++other.at(i);
    CHECK_FALSE(known.find(other));
  }
  FileIdentity changed = file;
  changed[3] = 40;
  known.keep(changed, "e");
  CHECK_FALSE(known.find(file));
  CHECK(known.find(changed) == "e");
  for (const std::int64_t inode : {10, 11}) known.keep({1, inode, 3, 4, 5, 6, 7}, "f");
  CHECK_FALSE(known.find(changed));
  CHECK(known.find({1, 10, 3, 4, 5, 6, 7}) == "f");
  prune_cache(*store.database(), std::nullopt);
  CHECK_FALSE(known.find({1, 10, 3, 4, 5, 6, 7}));
  Store none("", [](std::string_view) {});
  KnownFiles without(none);
  without.keep(file, "d");
  CHECK_FALSE(without.find(file));
}

TEST_CASE("one process leads at a time, as long as it lives") {
  const TemporaryDirectory directory;
  CacheTest one(directory.path);
  {
    CacheTest other(directory.path);
    CHECK(other.cache.lead("0123456789abcdef0"));
    CHECK(other.cache.lead("0123456789abcdef0"));
    CHECK_FALSE(one.cache.lead("0123456789abcdef0"));
    CHECK(one.cache.lead("fedcba98765432100"));
    other.cache.release("0123456789abcdef0");
    CHECK(one.cache.lead("0123456789abcdef0"));
    CHECK_FALSE(other.cache.lead("0123456789abcdef0"));
    one.cache.release("0123456789abcdef0");
    CHECK(other.cache.lead("0123456789abcdef0"));
  }
  CHECK(one.cache.lead("0123456789abcdef0"));  // whoever led is gone without a word
}

TEST_CASE("entries are listed and pruned by when they were used last") {
  const TemporaryDirectory directory;
  CacheTest test(directory.path);
  test.cache.keep(entry("old"));
  test.clock.wall += 48h;
  test.cache.keep(entry("young", 1000));
  Database& database = *test.store.database();
  const std::vector<CacheListing> list = list_cache(database);
  REQUIRE(list.size() == 2);
  CHECK(list[0].key == "young");
  CHECK(list[1].used == test.clock.wall - 48h);
  CHECK(list[0].bytes == entry("young", 1000).bytes());
  CHECK(prune_cache(database, test.clock.wall - 24h).entries == 1);
  CHECK_FALSE(test.cache.find("old"));
  CHECK(test.cache.find("young"));
  const CachePruned rest = prune_cache(database, std::nullopt);
  CHECK(rest.entries == 1);
  CHECK(rest.bytes == entry("young", 1000).bytes());
  Statement total = database.prepare("SELECT bytes FROM cache_total");
  REQUIRE(total.next());
  CHECK(total.integer(0) == 0);
}

}  // namespace corun
