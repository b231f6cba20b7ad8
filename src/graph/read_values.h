// Reads single values of a job file: texts, numbers, durations, choices, lists of them. Knows no single key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/policy_settings.h"
#include "graph/job.h"
#include "graph/reader.h"

namespace corun {

// Each gives the value, or reports why there is none.

/// A string that may hold expressions; without NUL.
std::optional<Text> read_text(Reader& reader, NodeId node);
/// The same, also a number or boolean, as written.
std::optional<Text> read_scalar(Reader& reader, NodeId node);
/// A string without expressions.
std::optional<std::string> read_string(Reader& reader, NodeId node);
std::optional<bool> read_boolean(Reader& reader, NodeId node);
/// A whole number in the range of the key.
std::optional<std::uint32_t> read_count(Reader& reader, NodeId node);
/// A number in the range of the key.
std::optional<double> read_number(Reader& reader, NodeId node);
/// A duration, zero included.
std::optional<Duration> read_duration(Reader& reader, NodeId node);
std::optional<Duration> read_positive_duration(Reader& reader, NodeId node);
std::optional<std::size_t> read_size(Reader& reader, NodeId node);
/// Codes in the range of the key.
std::optional<std::vector<CodeRange>> read_codes(Reader& reader, NodeId node);
/// A string, or a list of strings; without expressions and not empty.
std::optional<std::vector<std::string>> read_strings(Reader& reader, NodeId node);
/// Any value.
std::optional<Value> read_value(Reader& reader, NodeId node);
/// A map of names to scalars.
std::optional<std::vector<NamedText>> read_named_texts(Reader& reader, NodeId node);

/// The same, for the environment of a process: names without `=`.
std::optional<std::vector<NamedText>> read_environment(Reader& reader, NodeId node);

/// Reports that an expression of a text isn't closed; whether all are.
bool check_expressions(Reader& reader, NodeId node);

/// Reports that the value isn't one of `names`.
void not_a_choice(Reader& reader, NodeId node, const std::vector<std::string_view>& names);

template <typename Enum>
using Choice = std::pair<std::string_view, Enum>;

namespace choices {
template <const auto& table>
constexpr auto joined() {
  constexpr std::size_t kLength = [] {
    std::size_t length = 0;
    for (const auto& [name, value] : table) length += name.size() + 1;
    return length - 1;
  }();
  std::array<char, kLength> text{};
  std::size_t at = 0;
  for (const auto& [name, value] : table) {
    if (at != 0) text[at++] = '|';
    for (const char c : name) text[at++] = c;
  }
  return text;
}
template <const auto& table>
inline constexpr auto kJoined = joined<table>();
}  // namespace choices

/// The names in `table`, an array of Choice, as Key::choices wants them.
template <const auto& table>
inline constexpr std::string_view words_of{choices::kJoined<table>.data(), choices::kJoined<table>.size()};

/// One of the names in `table`, an array of Choice.
template <const auto& table>
auto read_choice(Reader& reader, NodeId node) {
  using Enum = std::remove_cvref_t<decltype(table[0].second)>;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : table) {
    if (reader.is_scalar(node) && reader.text(node) == name) return std::optional<Enum>(value);
    names.push_back(name);
  }
  not_a_choice(reader, node, names);
  return std::optional<Enum>();
}

template <typename>
struct MemberClass;
template <typename Class, typename Member>
struct MemberClass<Member Class::*> {
  using type = Class;
};

/// A Key::decode that reads by `read` into `member` of the scope's target.
template <auto member, auto read>
void set(Reader& reader, NodeId node, void* target) {
  auto value = read(reader, node);
  if (value) static_cast<typename MemberClass<decltype(member)>::type*>(target)->*member = *std::move(value);
}

/// A Key::decode that reads a map of `scope` into `member` of the target.
template <auto member, Scope scope>
void set_map(Reader& reader, NodeId node, void* target) {
  reader.read_map(node, scope, &(static_cast<typename MemberClass<decltype(member)>::type*>(target)->*member));
}

}  // namespace corun
