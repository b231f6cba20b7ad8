// One SQLite file with transactions and statements. Knows nothing of what is stored.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/clock.h"

namespace corun {

/// What SQLite refuses to do, in its words. Never leaves state/: whoever is outside gets a `Result`, or a warning.
class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  /// SQLite's, such as SQLITE_BUSY.
  int code() const { return code_; }

 private:
  int code_;
};

/// A prepared statement. Values are bound in the order of its `?`; text must live until the next `run` or `next` has ended.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  /// Starts again with these values.
  template <typename... Values>
  Statement& with(const Values&... values) {
    sqlite3_reset(statement_.get());
    int position = 0;
    (bind(++position, values), ...);
    return *this;
  }
  /// Goes to the next row; false: there is none.
  bool next();
  /// Runs to the end.
  void run();

  bool is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  /// "" for NULL; valid until the next row.
  std::string_view text(int column) const;

 private:
  void bind(int position, std::string_view text);
  void bind(int position, double value);
  void bind(int position, std::nullopt_t);
  template <typename Integer>
  requires std::is_integral_v<Integer>
  void bind(int position, Integer value) { bind_integer(position, static_cast<std::int64_t>(value)); }
  template <typename Value>
  void bind(int position, const std::optional<Value>& value) {
    if (value) {
      bind(position, *value);
    } else {
      bind(position, std::nullopt);
    }
  }
  void bind_integer(int position, std::int64_t value);
  void check(int code) const;

  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement_;
};

/// A connection. Waits for other processes' transactions, but only so long.
class Database {
 public:
  /// Opens the file at `path`, made if it isn't there (then another process may be making it, too). Throws DatabaseError.
  explicit Database(const std::string& path);

  Statement prepare(std::string_view sql) { return Statement(connection_.get(), sql); }
  /// Runs statements without values or rows.
  void execute(const char* sql);

  sqlite3* connection() { return connection_.get(); }

  /// Waits at most this long where another process is in the way; once that was in vain hardly at all, until it has gone.
  void set_patience(Duration patience) { patience_ = patience; }
  /// The next time is waited for as long as the first time: nothing else waits any more.
  void take_heart() { hopeless_ = false; }
  /// Runs `body` as one transaction that has the right to write from its start; undone if it throws.
  template <typename Body>
  void write(Body body) {
    begin_.run();
    hopeless_ = false;
    try {
      body();
      commit_.run();
    } catch (...) {
      roll_back();
      throw;
    }
  }
  /// Of the row that was inserted last.
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(connection_.get()); }
  /// Whether its file isn't found at its path any more: what is committed is in one without a name.
  bool is_gone() const;
  /// Has what is committed so far on the disk when it returns.
  void sync();
  /// Moves what was committed into the main file and, where nobody else is reading, empties the log.
  void checkpoint();
  /// Bytes of the write-ahead log.
  std::uint64_t log_size() const;

 private:
  static int wait(void* self, int times);
  void roll_back() noexcept;

  std::string path_;
  Duration patience_ = std::chrono::seconds(5);
  TimePoint waiting_since_{};
  bool hopeless_ = false;  // whoever was in the way last is still there, for all that is known
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> connection_;
  Statement begin_;
  Statement commit_;
};

}  // namespace corun
