// Reads files of variables. Knows no files and no job file.
#include "graph/load_variables.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/load_text.h"
#include "graph/reader.h"
#include "graph/source.h"
#include "graph/yaml_parser.h"

namespace corun {
namespace {

Value literal(Reader& reader, NodeId node) {
  Value value;
  value.text.place = reader.place(node);
  if (reader.is_null(node)) return value;
  if (reader.is_list(node)) {
    value.kind = Value::Kind::list;
    for (const NodeId item : reader.items(node)) value.items.push_back(literal(reader, item));
  } else if (reader.is_map(node)) {
    value.kind = Value::Kind::map;
    for (const Pair& pair : reader.pairs(node)) value.fields.emplace_back(pair.name, literal(reader, pair.value));
  } else if (reader.is_boolean(node)) {
    value.kind = Value::Kind::boolean;
    value.text.text = reader.text(node)[0] == 't' || reader.text(node)[0] == 'T' ? "true" : "false";
  } else {
    value.kind = reader.is_number(node) ? Value::Kind::number : Value::Kind::string;
    value.text.text = reader.text(node);
  }
  return value;
}

void read_values(Reader& reader, std::span<const std::string_view> known, std::string_view job_file, VariablesResult& result) {
  constexpr NodeId kRoot = 0;
  if (reader.is_null(kRoot)) return;
  if (!reader.is_map(kRoot)) {
    return reader.error(kRoot, code::kWrongType, "a file of variables is a map of names to values", {}, "such as `pages: 40`");
  }
  for (const Pair& pair : reader.pairs(kRoot)) {
    if (std::find(known.begin(), known.end(), pair.name) == known.end()) {
      reader.error(pair.key, code::kUndefined, quoted(job_file) + " has no variable " + quoted(pair.name),
                   reader.suggest(pair.name, known));
      continue;
    }
    result.values.insert_or_assign(std::string(pair.name), literal(reader, pair.value));
  }
}

}  // namespace

VariablesResult load_variables(std::string path, std::string text, std::span<const std::string_view> known,
                               std::string_view job_file) {
  const LoadOptions options;
  LoadShare share(options);
  share.sources.push_back(SourceText{std::move(path), std::move(text)});
  VariablesResult result;
  const std::string_view whole = without_byte_order_mark(share.sources.front().text);
  std::optional<Diagnostic> problem = check_text(whole, 0);
  if (!problem) {
    const Source source(whole, 0);
    std::variant<Document, Diagnostic> parsed = parse_yaml(source);
    if (auto* diagnostic = std::get_if<Diagnostic>(&parsed)) {
      if (diagnostic->code != code::kEmptyFile) problem = std::move(*diagnostic);
    } else {
      LoadState state(share, 0);
      Reader reader(source, std::get<Document>(parsed), state);
      read_values(reader, known, job_file, result);
      result.diagnostics = reader.take(options.max_diagnostics, result.omitted);
    }
  }
  if (problem) result.diagnostics.push_back(*std::move(problem));
  result.sources = std::move(share.sources);
  return result;
}

}  // namespace corun
