// The face that SQLite wants of a virtual table (sqlite.org/vtab.html): eponymous, read only, read from its first row to its
// last. Knows nothing of what is in the rows.
#include "state/row_source.h"

#include <memory>

#include "state/database.h"

namespace corun {
namespace {

struct Table : sqlite3_vtab {
  const RowSource* rows = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
  std::size_t row = 0;
};

const RowSource& source_of(sqlite3_vtab_cursor* cursor) { return *static_cast<Table*>(cursor->pVtab)->rows; }

std::size_t row_of(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->row; }

int connect(sqlite3* database, void* rows, int, const char* const*, sqlite3_vtab** table, char**) {
  const auto* source = static_cast<const RowSource*>(rows);
  std::string columns = "CREATE TABLE rows(";
  for (int column = 0; column < source->column_count(); ++column) {
    if (column > 0) columns += ", ";
    columns += 'c' + std::to_string(column);
  }
  const int code = sqlite3_declare_vtab(database, (columns + ')').c_str());
  if (code != SQLITE_OK) return code;
  auto made = std::make_unique<Table>();
  made->rows = source;
  *table = made.release();
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = std::make_unique<Cursor>().release();
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  static_cast<Cursor*>(cursor)->row = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<Cursor*>(cursor)->row;
  return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* cursor) { return row_of(cursor) >= source_of(cursor).row_count() ? 1 : 0; }

int read_column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int column) {
  source_of(cursor).read(row_of(cursor), column, ColumnValue(context));
  return SQLITE_OK;
}

int read_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
  *number = static_cast<sqlite3_int64>(row_of(cursor));
  return SQLITE_OK;
}

constexpr sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xDisconnect = disconnect;
  module.xBestIndex = best_index;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = is_at_end;
  module.xColumn = read_column;
  module.xRowid = read_number;
  return module;
}

constexpr sqlite3_module kModule = make_module();

}  // namespace

RowSource::RowSource(sqlite3* database, int columns)
    : database_(database), columns_(columns), name_("rows_" + std::to_string(reinterpret_cast<std::uintptr_t>(this))) {
  const int code = sqlite3_create_module(database, name_.c_str(), &kModule, this);
  if (code != SQLITE_OK) throw DatabaseError(code, sqlite3_errmsg(database));
}

RowSource::~RowSource() { sqlite3_create_module(database_, name_.c_str(), nullptr, nullptr); }

}  // namespace corun
