// The key tables of what counts as success. Knows nothing of how it is judged.
#include <array>
#include <optional>

#include "graph/error_codes.h"
#include "graph/flow_reader.h"
#include "graph/read_values.h"

namespace corun {
namespace {

template <Pattern::Kind kind>
void set_pattern(Reader& reader, NodeId node, void* target) {
  auto text = read_text(reader, node);
  if (!text) return;
  auto& pattern = *static_cast<Pattern*>(target);
  pattern.kind = kind;
  pattern.text = *std::move(text);
}

// A text, which means `plain`, or a map with one kind.
std::optional<Pattern> read_pattern(Reader& reader, NodeId node, Pattern::Kind plain) {
  Pattern pattern;
  pattern.kind = plain;
  if (!reader.is_map(node)) {
    auto text = plain == Pattern::Kind::equals ? read_scalar(reader, node) : read_text(reader, node);
    if (!text) return std::nullopt;
    pattern.text = *std::move(text);
    return pattern;
  }
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::expect_pattern, &pattern);
  if (reader.errors() == errors && reader.document().size(node) != 1) {
    reader.error(node, code::kConflict, reader.where() + " must have one of: equals, contains, regex");
  }
  if (reader.errors() != errors) return std::nullopt;
  return pattern;
}

void set_header_patterns(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map of names to texts or patterns");
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "", pair.name);
    auto pattern = read_pattern(reader, pair.value, Pattern::Kind::equals);
    if (!pattern) continue;
    pattern->name = pair.name;
    static_cast<Expect*>(target)->headers.push_back(*std::move(pattern));
  }
}

void set_body_pattern(Reader& reader, NodeId node, void* target) {
  if (auto pattern = read_pattern(reader, node, Pattern::Kind::contains))
    static_cast<Expect*>(target)->body = {*std::move(pattern)};
}

constexpr std::array kExpectKeys{
    Key{.name = "status",
        .shapes = kCodes,
        .accepts = "status codes",
        .default_text = "200-299",
        .description = "Status codes that are a success.",
        .example = "status: [200, 404]",
        .decode = set<&Expect::status, read_codes>,
        .range = kStatusCodes,
        .actions = kHttp},
    Key{.name = "exit_codes",
        .shapes = kCodes,
        .accepts = "exit codes",
        .default_text = "0",
        .description = "Exit codes that are a success.",
        .example = "exit_codes: [0, 1]",
        .decode = set<&Expect::exit_codes, read_codes>,
        .range = kExitCodes,
        .actions = kRun},
    Key{.name = "max_time",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "An attempt that took longer has failed.",
        .example = "max_time: 2s",
        .decode = set<&Expect::max_time, read_positive_duration>},
    Key{.name = "json",
        .shapes = kText | kBoolean,
        .accepts = "an expression",
        .description = "An expression that must hold over the result.",
        .example = "json: .json.status == \"ok\"",
        .decode = set<&Expect::json, read_expression>},
    Key{.name = "headers",
        .shapes = kMapOfTexts | kMapOfMaps,
        .accepts = "a map of names to texts or patterns",
        .description = "What headers of the response must be: a text, or a pattern.",
        .example = "headers: {Content-Type: {contains: json}}",
        .decode = set_header_patterns,
        .fields = Scope::expect_pattern,
        .actions = kHttp},
    Key{.name = "body",
        .shapes = kText | kMap,
        .accepts = "a text, or a pattern",
        .description = "What the body, or stdout, must hold: a text somewhere in it, or a pattern.",
        .example = "body: {regex: \"^ok\"}",
        .decode = set_body_pattern,
        .fields = Scope::expect_pattern},
};

constexpr std::array kExpectPatternKeys{
    Key{.name = "equals",
        .shapes = kText,
        .accepts = "a text",
        .description = "It is exactly this.",
        .example = "equals: ok",
        .decode = set_pattern<Pattern::Kind::equals>,
        .alternative = Alternative::exactly_one},
    Key{.name = "contains",
        .shapes = kText,
        .accepts = "a text",
        .description = "It holds this somewhere.",
        .example = "contains: ready",
        .decode = set_pattern<Pattern::Kind::contains>,
        .alternative = Alternative::exactly_one},
    Key{.name = "regex",
        .shapes = kText,
        .accepts = "a regular expression",
        .description = "This matches somewhere in it.",
        .example = "regex: ^ok",
        .decode = set_pattern<Pattern::Kind::regex>,
        .alternative = Alternative::exactly_one},
};

}  // namespace

std::span<const Key> expect_keys() { return kExpectKeys; }
std::span<const Key> expect_pattern_keys() { return kExpectPatternKeys; }

}  // namespace corun
