// SQLite's C interface with owners. Knows nothing of what is stored.
#include "state/database.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace corun {
namespace {

// Only the user may read what is kept, whatever the umask: SQLite's other files take the mode of the main one.
void make_private(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) throw DatabaseError(SQLITE_CANTOPEN, std::strerror(errno));
}

sqlite3* open_connection(const std::string& path) {
  make_private(path);
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) return connection;
  const std::string message = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  sqlite3_close(connection);
  throw DatabaseError(code, message);
}

bool is_empty(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || status.st_size == 0;
}

// The switch to a write-ahead log needs the file alone: processes take turns. Nothing is written, and synced, by those who find
// it done.
void use_write_ahead_log(sqlite3* connection, const std::string& path, Duration patience) {
  if (Statement mode(connection, "PRAGMA journal_mode"); mode.next() && mode.text(0) == "wal") return;
  const TimePoint deadline = std::chrono::steady_clock::now() + patience;
  const UniqueFd lock(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  while (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) throw DatabaseError(SQLITE_BUSY, sqlite3_errstr(SQLITE_BUSY));
    const timespec pause{0, 1'000'000};
    ::nanosleep(&pause, nullptr);
  }
  if (is_empty(path)) {
    sqlite3_exec(connection, "PRAGMA page_size = 8192; PRAGMA auto_vacuum = incremental", nullptr, nullptr, nullptr);
  }
  Statement(connection, "PRAGMA journal_mode = wal").next();
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : statement_(nullptr, sqlite3_finalize) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) throw DatabaseError(code, sqlite3_errmsg(database));
}

bool Statement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  const int problem = sqlite3_reset(statement_.get());
  if (code == SQLITE_DONE) return false;
  throw DatabaseError(problem, sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
}

void Statement::run() {
  while (next()) continue;
}

std::string_view Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) throw DatabaseError(code, sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
}

void Statement::bind(int position, std::string_view text) {
  const char* bytes = text.data() != nullptr ? text.data() : "";
  check(sqlite3_bind_text64(statement_.get(), position, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int position, double value) { check(sqlite3_bind_double(statement_.get(), position, value)); }

void Statement::bind(int position, std::nullopt_t) { check(sqlite3_bind_null(statement_.get(), position)); }

void Statement::bind_integer(int position, std::int64_t value) { check(sqlite3_bind_int64(statement_.get(), position, value)); }

Database::Database(const std::string& path)
    : path_(path),
      connection_((sqlite3_initialize(), open_connection(path)), sqlite3_close),
      begin_(connection_.get(), "BEGIN IMMEDIATE"),
      commit_(connection_.get(), "COMMIT") {
  sqlite3_extended_result_codes(connection_.get(), 0);
  sqlite3_busy_handler(connection_.get(), wait, this);
  // What is left in the log is taken over by the next one who comes, without the cost of a sync for each short run.
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  use_write_ahead_log(connection_.get(), path, patience_);
  execute("PRAGMA synchronous = normal; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = memory");
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw DatabaseError(code, sqlite3_errmsg(connection_.get()));
}

void Database::roll_back() noexcept {
  if (sqlite3_get_autocommit(connection_.get()) == 0) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

// Transactions here take well under a millisecond, so the pauses are short; their length differs from process to process.
int Database::wait(void* self, int times) {
  auto& database = *static_cast<Database*>(self);
  const TimePoint now = std::chrono::steady_clock::now();
  if (times == 0) database.waiting_since_ = now;
  constexpr Duration kLittle = 10ms;  // the loop waits, too
  if (now - database.waiting_since_ >= (database.hopeless_ ? std::min(kLittle, database.patience_) : database.patience_)) {
    database.hopeless_ = true;
    return 0;
  }
  constexpr long kShortest = 100'000;
  constexpr long kLongest = 5'000'000;
  const long base = std::min(kLongest, kShortest << std::min(times, 6));
  const timespec pause{0, base + (::getpid() + times) % 16 * (base / 16)};
  ::nanosleep(&pause, nullptr);
  return 1;
}

// By SQLite's own descriptor: it syncs the directory, too, where the log is new.
void Database::sync() {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (log == nullptr || log->pMethods == nullptr) return;
  const int code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  if (code != SQLITE_OK) throw DatabaseError(code, sqlite3_errstr(code));
}

bool Database::is_gone() const {
  int moved = 0;
  return sqlite3_file_control(connection_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

// Copying and syncing may take seconds on a busy disk, and others write meanwhile; only emptying the log shuts them out, which is
// done where nothing is left to copy.
void Database::checkpoint() {
  sqlite3_busy_handler(connection_.get(), nullptr, nullptr);
  int frames = 0;
  int moved = 0;
  sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
  if (frames == moved) sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_handler(connection_.get(), wait, this);
}

std::uint64_t Database::log_size() const {
  struct stat status {};
  return ::stat((path_ + "-wal").c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace corun
