// Rows of a result as JSON text. Knows nothing of libpq or of connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corun {

/// Appends a value of the type `type` (an OID of PostgreSQL), given as text, as JSON: integers, floats and numerics as numbers
/// where a double keeps all their digits, else as strings; booleans; json and jsonb as they are, but for what others couldn't
/// read (nested too deep, half a surrogate pair); the rest as strings.
void append_sql_value(std::string& out, std::uint32_t type, std::string_view text);

/// A list of maps that grows row by row, up to a bound.
class SqlRows {
 public:
  SqlRows(std::size_t max_rows, std::size_t max_bytes) : max_rows_(max_rows), max_bytes_(max_bytes) {}

  /// Adds a column, before the first row. A name that is there already gets `_2`, `_3`, …
  void add_column(std::string_view name, std::uint32_t type);
  bool has_columns() const { return !columns_.empty(); }

  /// Adds the next value of a row; nothing is NULL. The last column's value ends the row.
  void add_value(std::optional<std::string_view> text);
  /// Adds a row of a result without columns.
  void add_empty_row();

  /// Why no more rows are wanted; "" while there is room.
  const std::string& refusal() const { return refusal_; }
  /// The JSON text; the rows are gone after this.
  std::string take();

 private:
  // Takes the place of one more row; false if there is none.
  bool begin_row();
  void end_row();

  struct Column {
    std::string key;  // as JSON, with the colon
    std::uint32_t type;
  };

  const std::size_t max_rows_;
  const std::size_t max_bytes_;
  std::vector<Column> columns_;
  std::vector<std::string> names_;
  std::string json_;
  std::string refusal_;
  std::size_t rows_ = 0;
  std::size_t next_column_ = 0;
};

}  // namespace corun
