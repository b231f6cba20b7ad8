// The state directory, and how its database is opened. Knows nothing of what is done with it.
#include "state/store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "state/schema.h"

namespace corun {

namespace fs = std::filesystem;

int make_state_directory(const std::string& path) {
  // Only our own part of the path is private; what is above keeps the user's ways.
  std::error_code ignored;
  fs::create_directories(fs::path(path).parent_path(), ignored);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno;
  if (!fs::is_directory(path, ignored)) return ENOTDIR;
  return ::access(path.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
}

std::unique_ptr<Database> open_database(const std::string& directory) {
  auto database = std::make_unique<Database>(directory + "/corun.db");
  prepare_schema(*database);
  return database;
}

void Store::make_directory() {
  if (directory_.empty() || database_ != nullptr) return;
  const int error = make_state_directory(directory_);
  if (error == 0) return;
  troubled_ = true;
  warn_("no state is kept: " + directory_ + ": " + std::strerror(error));
  directory_.clear();
}

Database* Store::database() {
  if (database_ != nullptr || unusable_) return database_.get();
  make_directory();
  if (directory_.empty()) return nullptr;
  try {
    database_ = open_database(directory_);
  } catch (const DatabaseError& error) {
    unusable_ = true;
    busy_ = error.code() == SQLITE_BUSY;
    report(error);
  }
  return database_.get();
}

void Store::report(const DatabaseError& error) {
  if (!troubled_) warn_("state can't be kept in " + directory_ + "/corun.db: " + error.what());
  troubled_ = true;
}

}  // namespace corun
