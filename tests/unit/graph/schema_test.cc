// The schema against the loader: every key with values of every kind. What Python's jsonschema says of them is compared in
// tests/schema/check_schema, for which the hidden case here writes them down.
#include "graph/schema.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <utility>

#include "base/json_check.h"
#include "base/text.h"
#include "graph/example.h"
#include "load_helpers.h"

using namespace corun;
using namespace corun::test;

namespace {

using Entry = std::pair<std::string, std::string>;  // a name, and JSON

std::string map_of(const std::vector<Entry>& entries) {
  std::string out = "{";
  for (const auto& [name, value] : entries) out += (out.size() > 1 ? "," : "") + json_string(name) + ":" + value;
  return out + "}";
}

bool has(const std::vector<Entry>& entries, std::string_view name) {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.first == name; });
}

// The first key that holds a map of `scope`.
std::pair<Scope, const Key*> parent_of(Scope scope) {
  for (const Scope outer : scopes()) {
    for (const Key& key : keys(outer)) {
      if (key.fields == scope && outer != scope) return {outer, &key};
    }
  }
  return {Scope::file, nullptr};
}

// Adds what the scope needs beside the entries.
void complete(Scope scope, std::vector<Entry>& entries, std::uint8_t actions) {
  for (const Key& key : keys(scope)) {
    if (key.required && !has(entries, key.name)) entries.emplace_back(key.name, to_json(example_value(key)));
  }
  for (const Alternative alternative : {Alternative::exactly_one, Alternative::at_least_one}) {
    const Key* first = nullptr;
    bool any = false;
    for (const Key& key : keys(scope)) {
      if (key.alternative != alternative) continue;
      any = any || has(entries, key.name);
      if (first == nullptr && (key.action == kNoActions || (key.action & actions) != 0)) first = &key;
    }
    if (first != nullptr && !any) entries.emplace_back(first->name, to_json(example_value(*first)));
  }
}

// A whole file with the map `fields` of `scope`, in a job of these kinds.
std::string file_with_fields(Scope scope, const std::string& fields, std::uint8_t actions) {
  if (scope == Scope::file) return fields;
  const auto [outer, key] = parent_of(scope);
  REQUIRE(key != nullptr);
  std::string value = fields;
  if ((key->shapes & (kMap | kMapOfLists)) == 0) value = map_of({{"x", fields}});
  std::vector<Entry> entries{{std::string(key->name), value}};
  if (outer == Scope::file && key->name == "jobs") {
    entries[0].second = map_of({{"build", R"({"run":"x"})"}, {"test", R"({"run":"x"})"}, {"x", fields}});
    entries.emplace_back("limits", R"({"api":{"concurrency":1}})");
  }
  actions &= key->actions;
  complete(outer, entries, actions);
  return file_with_fields(outer, map_of(entries), actions);
}

struct Sample {
  std::string file;
  bool wrong = false;  // by what the table says of its scope
};

std::vector<std::string> values_for(const Key& key) {
  std::vector<std::string> values{"null",
                                  "true",
                                  "false",
                                  "0",
                                  "1",
                                  "-1",
                                  "0.25",
                                  "700",
                                  R"("")",
                                  R"("word")",
                                  R"("30s")",
                                  R"("5/s")",
                                  R"("${{ .vars.x }}")",
                                  "[]",
                                  "[1]",
                                  R"(["word"])",
                                  R"([["word"]])",
                                  R"([{"zz":1}])",
                                  "{}",
                                  R"({"zz":1})",
                                  R"({"zz":"word"})",
                                  R"({"zz":null})",
                                  R"({"z z":"word"})",
                                  R"({"zz":[1,"b"]})",
                                  R"({"zz":{"yy":1}})"};
  values.push_back(to_json(example_value(key)));
  if (!key.default_text.empty()) values.push_back(to_json(value_of_yaml(key.default_text)));
  for (std::string_view rest = key.choices; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find('|'));
    values.push_back(json_string(word));
    if (key.shapes & kMapOfChoices) values.push_back(map_of({{"build", json_string(word)}}));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return values;
}

std::vector<Sample> samples() {
  std::vector<Sample> all;
  for (const Scope scope : scopes()) {
    const auto add = [&](std::vector<Entry> entries, std::uint8_t actions, bool wrong, bool whole = true) {
      if (whole) complete(scope, entries, actions);
      all.push_back({file_with_fields(scope, map_of(entries), actions), wrong});
    };
    if (scope != Scope::matrix) add({{"zz", "1"}}, kAnyAction, true);
    std::vector<Entry> alternatives;
    for (const Key& key : keys(scope)) {
      const Entry example(key.name, to_json(example_value(key)));
      for (const std::string& value : values_for(key)) add({{std::string(key.name), value}}, key.actions, false);
      if (key.required) add({}, key.actions, true, false);
      if (key.alternative == Alternative::no || key.alternative == Alternative::at_least_one) continue;
      const auto other = std::find_if(keys(scope).begin(), keys(scope).end(),
                                      [&](const Key& it) { return it.alternative == key.alternative && it.name != key.name; });
      add({example, {std::string(other->name), to_json(example_value(*other))}}, key.actions, true);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("the schema is valid JSON and has every key") {
  const std::string schema = job_file_schema();
  CHECK_FALSE(json_problem(schema).has_value());
  for (const Scope scope : scopes()) {
    for (const Key& key : keys(scope)) {
      INFO(key.name);
      CHECK(schema.find(json_string(key.description).substr(0, key.description.size())) != std::string::npos);
    }
  }
}

TEST_CASE("every scope can be reached, and what the table says of it holds in the loader") {
  for (const Sample& sample : samples()) {
    INFO(sample.file);
    if (!sample.wrong) continue;
    const LoadResult result = load_job_file("p", sample.file, options());
    CHECK_FALSE(result.file.has_value());
  }
}

TEST_CASE("samples for other validators", "[.samples]") {
  const char* path = std::getenv("CORUN_SAMPLES");
  REQUIRE(path != nullptr);
  std::ofstream out(path);
  for (const Sample& sample : samples()) {
    const LoadResult result = load_job_file("p", sample.file, options());
    bool structural = sample.wrong;
    std::string codes;
    for (const Diagnostic& diagnostic : result.diagnostics) {
      structural = structural || diagnostic.code == "E101" || diagnostic.code == "E104" || diagnostic.code == "E108";
      codes += diagnostic.code + ' ';
    }
    out << R"({"file":)" << sample.file << R"(,"accepted":)" << (result.file ? "true" : "false") << R"(,"structural":)"
        << (structural ? "true" : "false") << R"(,"codes":)" << json_string(codes) << "}\n";
  }
  CHECK(out.flush());
}
