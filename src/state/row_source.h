// What statements can read as if it were a table: rows that are still in memory. Knows nothing of what is in them.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace corun {

/// Where a row's value goes.
class ColumnValue {
 public:
  explicit ColumnValue(sqlite3_context* context) : context_(context) {}

  void set(std::int64_t value) { sqlite3_result_int64(context_, value); }
  /// The text must live until the statement has ended; "" is NULL, which reads as "".
  void set(std::string_view text) {
    if (!text.empty()) sqlite3_result_text64(context_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }

 private:
  sqlite3_context* context_;
};

/// Rows that one `INSERT INTO … SELECT * FROM name()` writes: half the work of binding and running a statement for each, since
/// the place where they go is found once.
class RowSource {
 public:
  /// Statements can read it as long as it lives. The connection must outlive it. Throws DatabaseError.
  RowSource(sqlite3* database, int columns);
  virtual ~RowSource();
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  virtual std::size_t row_count() const = 0;
  /// The value of a column, counted from 0 like the row.
  virtual void read(std::size_t row, int column, ColumnValue value) const = 0;

  /// Of the table, in this connection alone.
  const std::string& name() const { return name_; }
  int column_count() const { return columns_; }

 private:
  sqlite3* database_;
  int columns_;
  std::string name_;
};

}  // namespace corun
