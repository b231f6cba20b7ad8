// The tables, and how they come to be. Times are milliseconds since 1970, durations microseconds. Knows nothing of who uses them.
#include "state/schema.h"

#include <array>
#include <string>

namespace corun {
namespace {

// Grows with each change of the tables; from the first release on the tables of the versions before are converted.
constexpr std::int64_t kSchemaVersion = 3;

// Of jobs and attempts a run may write a hundred thousand, so their columns have no constraints, and few bytes: `run_rows.h` says
// what their ids are, `job_marks.h` what the marks are; states and kinds are the numbers of `JobState` and `FailureKind`.
constexpr const char* kRuns = R"sql(
CREATE TABLE run(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL,
  name TEXT NOT NULL,
  directory TEXT NOT NULL,
  arguments TEXT NOT NULL,
  earlier TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  exit_code INTEGER,
  verdict TEXT,
  bytes INTEGER
);
CREATE INDEX run_of_file ON run(file, number);
CREATE TABLE job(
  id INTEGER PRIMARY KEY,
  name TEXT,
  marks INTEGER,
  state INTEGER,
  attempts INTEGER,
  waited INTEGER,
  started INTEGER,
  elapsed INTEGER,
  last_attempt INTEGER,
  kind INTEGER,
  exit_code INTEGER,
  status INTEGER,
  message TEXT,
  log TEXT,
  digest INTEGER,
  parts INTEGER,
  data TEXT
);
CREATE TABLE attempt(
  id INTEGER PRIMARY KEY,
  job TEXT,
  number INTEGER,
  started INTEGER,
  elapsed INTEGER,
  kind INTEGER,
  message TEXT,
  log_end INTEGER,
  beside INTEGER
);
)sql";

// Times are microseconds since 1970 here, but for a probe's `until`, which is the steady clock's. A breaker's `mode` is what it
// was set to by hand; `scope` is the job file's path.
constexpr const char* kShared = R"sql(
CREATE TABLE breaker(
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  settings TEXT NOT NULL,
  mode INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  window TEXT NOT NULL,
  consecutive_failures INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  open_for INTEGER NOT NULL,
  reopened INTEGER NOT NULL,
  probe_successes INTEGER NOT NULL,
  probe_failures INTEGER NOT NULL,
  lost_probes INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  tokens_at INTEGER NOT NULL,
  UNIQUE(scope, name)
);
CREATE TABLE probe(
  id INTEGER PRIMARY KEY,
  breaker INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE INDEX probe_of_breaker ON probe(breaker);
CREATE TABLE rate(
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  next INTEGER NOT NULL,
  PRIMARY KEY(scope, name)
) WITHOUT ROWID;
CREATE TABLE place(
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  owner INTEGER NOT NULL,
  held INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  PRIMARY KEY(scope, name, owner)
) WITHOUT ROWID;
)sql";

// What jobs came to, by the SHA-256 of what they do. `bytes` of all entries are summed up in cache_total.
constexpr const char* kCache = R"sql(
CREATE TABLE cache(
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  job TEXT NOT NULL,
  file TEXT NOT NULL,
  stored INTEGER NOT NULL,
  used INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  exit_code INTEGER NOT NULL,
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified TEXT NOT NULL,
  message TEXT NOT NULL,
  data TEXT NOT NULL,
  output TEXT NOT NULL
);
CREATE INDEX cache_used ON cache(used);
CREATE TABLE cache_total(id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);
INSERT INTO cache_total VALUES(1, 0);
CREATE TRIGGER cache_added AFTER INSERT ON cache BEGIN UPDATE cache_total SET bytes = bytes + new.bytes; END;
CREATE TRIGGER cache_removed AFTER DELETE ON cache BEGIN UPDATE cache_total SET bytes = bytes - old.bytes; END;
CREATE TRIGGER cache_changed AFTER UPDATE OF bytes ON cache
  BEGIN UPDATE cache_total SET bytes = bytes + new.bytes - old.bytes; END;
)sql";

// SHA-256 of files' contents, by what tells that they have changed since. Times are nanoseconds since 1970.
constexpr const char* kFiles = R"sql(
CREATE TABLE known_file(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  digest TEXT NOT NULL,
  UNIQUE(device, inode)
);
)sql";

constexpr std::array kTables = {kRuns, kShared, kCache, kFiles};

std::int64_t schema_version(Database& database) {
  Statement version = database.prepare("PRAGMA user_version");
  return version.next() ? version.integer(0) : 0;
}

}  // namespace

void prepare_schema(Database& database) {
  if (schema_version(database) == 0) {
    database.write([&] {
      if (schema_version(database) != 0) return;  // another process was faster
      for (const char* tables : kTables) database.execute(tables);
      database.execute(("PRAGMA user_version = " + std::to_string(kSchemaVersion)).c_str());
    });
  }
  const std::int64_t version = schema_version(database);
  if (version > kSchemaVersion) throw DatabaseError(SQLITE_SCHEMA, "it was made by a newer version of corun");
  if (version < kSchemaVersion) throw DatabaseError(SQLITE_SCHEMA, "it was made before the first release of corun: move it away");
}

}  // namespace corun
