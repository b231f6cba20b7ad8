// The key tables of SQL statements, and how statements are read. Knows nothing of jobs or of how statements are carried out.
#include <array>

#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/read_values.h"
#include "graph/scalar.h"
#include "graph/sql_reader.h"

namespace corun {
namespace {

std::optional<Text> read_dsn(Reader& reader, NodeId node) {
  auto dsn = read_text(reader, node);
  if (!dsn || dsn->text.find_first_not_of(" \t\r\n") != std::string::npos) return dsn;
  reader.error(node, code::kEmptyValue, reader.where() + " is empty",
               "`postgresql://` takes everything from libpq's defaults and the environment");
  return std::nullopt;
}

std::optional<std::string> read_sql_query(Reader& reader, NodeId node) {
  auto query = read_text(reader, node);
  if (!query) return std::nullopt;
  if (query->has_expression()) {
    reader.error(node, code::kExpression, reader.where() + " holds an expression", "a value never becomes SQL",
                 "pass values by `params`: `query: select * from t where id = $1`, `params: [\"${{ .vars.id }}\"]`");
    return std::nullopt;
  }
  if (query->text.find_first_not_of(" \t\r\n;") == std::string::npos) {
    reader.error(node, code::kEmptyValue, reader.where() + " is empty", "write a statement");
    return std::nullopt;
  }
  return std::move(query->text);
}

void set_params(Reader& reader, NodeId node, void* target) {
  if (!reader.is_list(node)) return reader.wrong_type(node, "a list of values");
  std::vector<Value>& params = static_cast<SqlSpec*>(target)->params;
  for (const NodeId item : reader.items(node)) {
    if (auto value = read_value(reader, item)) params.push_back(*std::move(value));
  }
}

constexpr std::array kSqlKeys{
    Key{.name = "dsn",
        .shapes = kText,
        .accepts = "a connection URI, or settings such as `host=db dbname=shop`",
        .description = "Which database, and how to connect to it: all that libpq understands.",
        .example = "dsn: postgresql://db.example.com/shop",
        .decode = set<&SqlSpec::dsn, read_dsn>},
    Key{.name = "query",
        .shapes = kString,
        .accepts = "a statement of SQL",
        .description = "The statement, without expressions; `$1`, `$2`, … stand for its parameters.",
        .example = "query: select * from orders where id = $1",
        .decode = set<&SqlSpec::query, read_sql_query>,
        .required = true},
    Key{.name = "params",
        .shapes = kListOfValues,
        .accepts = "a list of values",
        .description = "The values of `$1`, `$2`, …; lists and maps go as JSON, null as NULL.",
        .example = "params: [7, \"${{ .env.HOME }}\", null]",
        .decode = set_params},
    Key{.name = "max_rows",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .default_text = "100000",
        .description = "A result with more rows is an error.",
        .example = "max_rows: 1000",
        .decode = set<&SqlSpec::max_rows, read_count>,
        .range = {1, kMostCount}},
};

constexpr std::array kDefaultSqlKeys{
    Key{.name = "dsn",
        .shapes = kText,
        .accepts = "a connection URI, or settings such as `host=db dbname=shop`",
        .description = "The database of every statement that names none itself.",
        .example = "dsn: postgresql://db.example.com/shop",
        .decode = set<&JobSettings::sql_dsn, read_dsn>},
};

}  // namespace

std::unique_ptr<SqlSpec> read_sql(Reader& reader, NodeId node, const std::optional<Text>& default_dsn) {
  auto spec = std::make_unique<SqlSpec>();
  if (!reader.is_map(node)) {
    reader.wrong_type(node, "a map");
    return spec;
  }
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::sql, spec.get());
  if (!spec->dsn.text.empty() || reader.errors() != errors) return spec;
  if (default_dsn) {
    spec->dsn = *default_dsn;
  } else {
    reader.error(node, code::kMissingKey, "`dsn` is missing in " + reader.where(), {},
                 "name the database there, or for all jobs: `defaults: {sql: {dsn: \"postgresql://…\"}}`");
  }
  return spec;
}

std::span<const Key> sql_keys() { return kSqlKeys; }
std::span<const Key> default_sql_keys() { return kDefaultSqlKeys; }

}  // namespace corun
