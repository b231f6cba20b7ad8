// The database's schema, and how it is opened. Knows nothing of what is done with it.
#include "state/store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace corun {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSchemaVersion = 1;

// Times are milliseconds since 1970, durations microseconds.
constexpr const char* kSchema = R"sql(
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
  verdict TEXT
);
CREATE INDEX run_of_file ON run(file, number);
CREATE TABLE job(
  run INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  name TEXT NOT NULL,
  level INTEGER NOT NULL,
  state TEXT NOT NULL,
  restored INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  started INTEGER NOT NULL,
  elapsed INTEGER NOT NULL,
  kind TEXT NOT NULL,
  exit_code INTEGER NOT NULL,
  message TEXT NOT NULL,
  log TEXT NOT NULL,
  digest INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  data TEXT,
  PRIMARY KEY(run, sequence)
) WITHOUT ROWID;
CREATE TABLE attempt(
  run INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  job TEXT NOT NULL,
  number INTEGER NOT NULL,
  started INTEGER NOT NULL,
  elapsed INTEGER NOT NULL,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  log_end INTEGER NOT NULL,
  PRIMARY KEY(run, sequence)
) WITHOUT ROWID;
)sql";

std::int64_t schema_version(Database& database) {
  Statement version = database.prepare("PRAGMA user_version");
  return version.next() ? version.integer(0) : 0;
}

void prepare_schema(Database& database) {
  if (schema_version(database) == 0) {
    database.write([&] {
      if (schema_version(database) != 0) return;  // another process was faster
      database.execute(kSchema);
      database.execute(("PRAGMA user_version = " + std::to_string(kSchemaVersion)).c_str());
    });
  }
  if (schema_version(database) > kSchemaVersion) {
    throw DatabaseError(SQLITE_SCHEMA, "it was made by a newer version of corun");
  }
}

}  // namespace

int make_state_directory(const std::string& path) {
  // Only our own part of the path is private; what is above keeps the user's ways.
  std::error_code ignored;
  fs::create_directories(fs::path(path).parent_path(), ignored);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno;
  if (!fs::is_directory(path, ignored)) return ENOTDIR;
  return ::access(path.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
}

Database* Store::database() {
  if (database_ != nullptr || unusable_ || directory_.empty()) return database_.get();
  if (const int error = make_state_directory(directory_); error != 0) {
    unusable_ = true;
    troubled_ = true;
    warn_("no state is kept: " + directory_ + ": " + std::strerror(error));
    return nullptr;
  }
  try {
    auto database = std::make_unique<Database>(directory_ + "/corun.db");
    prepare_schema(*database);
    database_ = std::move(database);
  } catch (const DatabaseError& error) {
    unusable_ = true;
    report(error);
  }
  return database_.get();
}

void Store::report(const DatabaseError& error) {
  if (!troubled_) warn_("state can't be kept in " + directory_ + "/corun.db: " + error.what());
  troubled_ = true;
}

}  // namespace corun
