// Values that the key table writes as YAML. Knows no single key.
#include "graph/example.h"

#include <optional>
#include <string>
#include <variant>

#include "graph/load_state.h"
#include "graph/read_values.h"
#include "graph/yaml_parser.h"

namespace corun {

Value value_of_yaml(std::string_view yaml) {
  const LoadOptions options;
  LoadShare share(options);
  share.sources.push_back(SourceText{"", std::string(yaml)});
  LoadState state(share, 0);
  const Source source(share.sources.front().text, 0);
  std::variant<Document, Diagnostic> parsed = parse_yaml(source);
  const auto* document = std::get_if<Document>(&parsed);
  if (document == nullptr) return {};
  Reader reader(source, *document, state);
  constexpr NodeId kRoot = 0;
  return read_value(reader, kRoot).value_or(Value{});
}

Value example_value(const Key& key) {
  const Value entries = value_of_yaml('{' + std::string(key.example) + '}');
  const Value* value = entries.find(key.name);
  return value != nullptr ? *value : Value{};
}

}  // namespace corun
