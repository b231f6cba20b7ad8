// The JSON Schema of job files. Knows no single key.
#include "graph/schema.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "base/text.h"
#include "graph/example.h"
#include "graph/scalar.h"

namespace corun {
namespace {

constexpr std::string_view kNumberPattern = "[0-9]+(\\.[0-9]+)?";

std::string reference(std::string_view name) { return JsonText::object().text("$ref", "#/$defs/" + std::string(name)).str(); }

std::string of_type(std::string_view type) { return JsonText::object().text("type", type).str(); }

std::string array_of(const std::string& items) { return JsonText::object().text("type", "array").json("items", items).str(); }

std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return std::string(text.data(), end);
}

// One of the schemas, or any of them.
std::string any_of(const std::vector<std::string>& schemas) {
  if (schemas.size() == 1) return schemas.front();
  JsonText list = JsonText::list();
  for (const std::string& schema : schemas) list.item(schema);
  return JsonText::object().json("anyOf", list.str()).str();
}

// A word of YAML is what it looks like: `1.1` is a number, and `"1.1"` is accepted as well.
std::string enum_of(std::string_view choices) {
  JsonText words = JsonText::list();
  while (!choices.empty()) {
    const std::string_view word = choices.substr(0, choices.find('|'));
    words.item(json_string(word));
    if (scalar_type(word) != ScalarType::string) words.item(word);
    choices.remove_prefix(std::min(choices.size(), word.size() + 1));
  }
  return JsonText::object().json("enum", words.str()).str();
}

std::string number_schema(std::string_view type, Range range) {
  if (range.least == range.most) return JsonText::object().json("const", number_text(range.least)).str();
  return JsonText::object()
      .text("type", type)
      .json("minimum", number_text(range.least))
      .json("maximum", number_text(range.most))
      .str();
}

std::string_view pattern_of(Names names) {
  switch (names) {
    case Names::any: break;
    case Names::jobs: return "^[A-Za-z_][A-Za-z0-9_.-]{0,199}$";
    case Names::variables: return "^[^=]+$";
    case Names::headers: return "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";
  }
  return {};
}

std::string fields_of(const Key& key) { return reference(scope_name(*key.fields)); }

std::string properties_of(Scope scope);

// What a map of any names may hold; "": no such map.
std::string named_values(const Key& key) {
  std::vector<std::string> values;
  const auto add = [&](std::uint32_t shape, const auto& schema) {
    if ((key.shapes & shape) != 0) values.push_back(schema());
  };
  const auto scalar = [] { return reference("scalar"); };
  add(kMapOfTexts, scalar);
  add(kMapOfStrings, [] { return of_type("string"); });
  add(kMapOfTextLists, [&] { return any_of({scalar(), array_of(scalar())}); });
  add(kMapOfChoices, [&] { return enum_of(key.choices); });
  add(kMapOfMaps, [&] { return fields_of(key); });
  add(kMapOfMapLists, [&] { return array_of(any_of({scalar(), fields_of(key)})); });
  add(kMapOfLists, [] { return JsonText::object().text("type", "array").json("minItems", "1").str(); });
  add(kMapOfValues, [] { return "true"; });
  return values.empty() ? std::string() : any_of(values);
}

std::string map_schema(const Key& key, const std::string& values) {
  JsonText schema = JsonText::object();
  schema.text("type", "object");
  if ((key.shapes & kMapOfLists) != 0) schema.json("properties", properties_of(*key.fields));
  if (values != "true") schema.json("additionalProperties", values);
  if (const std::string_view pattern = pattern_of(key.names); !pattern.empty()) {
    schema.json("propertyNames", JsonText::object().text("pattern", pattern).str());
  }
  return schema.str();
}

// The forms of a key's value; none: anything.
std::vector<std::string> forms_of(const Key& key) {
  std::vector<std::string> forms;
  if ((key.shapes & kAnyValue) != 0) return forms;
  const auto add = [&](std::uint32_t shapes, const auto& schema) {
    if ((key.shapes & shapes) != 0) forms.push_back(schema());
  };
  add(kChoice, [&] { return enum_of(key.choices); });
  add(kBoolean, [] { return of_type("boolean"); });
  add(kInteger, [&] { return number_schema("integer", key.range); });
  add(kNumber, [&] { return number_schema("number", key.range); });
  add(kString | kText, [] { return of_type("string"); });
  add(kDuration, [] { return reference("duration"); });
  add(kSize, [] { return reference("size"); });
  add(kRate, [] { return reference("rate"); });
  add(kCodes, [&] { return reference(key.range.least == kStatusCodes.least ? "status_codes" : "exit_codes"); });
  add(kStringList | kTextList, [] { return array_of(of_type("string")); });
  add(kScalarList, [] { return array_of(reference("scalar")); });
  add(kChoiceList, [&] { return array_of(enum_of(key.choices)); });
  add(kListOfMaps, [&] { return array_of(key.fields && (key.shapes & kMapOfLists) == 0 ? fields_of(key) : of_type("object")); });
  add(kListOfValues, [] { return of_type("array"); });
  add(kMap, [&] { return fields_of(key); });
  if (const std::string values = named_values(key); !values.empty()) forms.push_back(map_schema(key, values));
  return forms;
}

// What an editor shows beside the key.
std::string markdown(const Key& key) {
  std::string text(key.description);
  text += "\n\n- value: " + std::string(key.accepts);
  if (may_hold_expressions(key)) text += "; may hold `${{ … }}`";
  if (!key.default_text.empty()) text += "\n- default: `" + std::string(key.default_text) + '`';
  if (const std::string actions = actions_text(key.actions); !actions.empty()) text += "\n- works on: " + actions;
  text += "\n- since: " + std::string(key.since);
  return text + "\n\n```yaml\n" + std::string(key.example) + "\n```";
}

std::string key_schema(const Key& key) {
  JsonText schema = JsonText::object();
  std::string description(key.description);
  if (!key.default_text.empty()) description += " Default: " + std::string(key.default_text) + '.';
  schema.text("description", description);
  schema.text("markdownDescription", markdown(key));
  const std::vector<std::string> forms = forms_of(key);
  if (forms.size() > 1) {
    JsonText list = JsonText::list();
    for (const std::string& form : forms) list.item(form);
    schema.json("anyOf", list.str());
  }
  std::string text = schema.str();
  if (forms.size() == 1) {  // the fields of the only form are the key's own
    text.back() = ',';
    text += std::string_view(forms.front()).substr(1);
  }
  text.back() = ',';
  if (!key.default_text.empty()) text += "\"default\":" + to_json(value_of_yaml(key.default_text)) + ',';
  return text + "\"examples\":[" + to_json(example_value(key)) + "]}";
}

std::string properties_of(Scope scope) {
  JsonText properties = JsonText::object();
  for (const Key& key : keys(scope)) properties.json(key.name, key_schema(key));
  return properties.str();
}

std::vector<std::string_view> alternatives(Scope scope, Alternative alternative) {
  std::vector<std::string_view> names;
  for (const Key& key : keys(scope)) {
    if (key.alternative == alternative) names.push_back(key.name);
  }
  return names;
}

std::string required(std::initializer_list<std::string_view> names) {
  JsonText list = JsonText::list();
  for (const std::string_view name : names) list.item(json_string(name));
  return JsonText::object().json("required", list.str()).str();
}

void add_alternatives(JsonText& schema, Scope scope) {
  const auto each = [&](Alternative alternative, std::string_view keyword) {
    JsonText list = JsonText::list();
    for (const std::string_view name : alternatives(scope, alternative)) list.item(required({name}));
    if (!list.empty()) schema.json(keyword, list.str());
  };
  each(Alternative::exactly_one, "oneOf");
  each(Alternative::at_least_one, "anyOf");
  JsonText pairs = JsonText::list();
  const std::vector<std::string_view> names = alternatives(scope, Alternative::at_most_one);
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t k = i + 1; k < names.size(); ++k) {
      pairs.item(JsonText::object().json("not", required({names[i], names[k]})).str());
    }
  }
  if (!pairs.empty()) schema.json("allOf", pairs.str());
}

void add_fields(JsonText& schema, Scope scope) {
  schema.text("type", "object");
  schema.json("additionalProperties", "false");
  JsonText must = JsonText::list();
  for (const Key& key : keys(scope)) {
    if (key.required) must.item(json_string(key.name));
  }
  if (!must.empty()) schema.json("required", must.str());
  add_alternatives(schema, scope);
  schema.json("properties", properties_of(scope));
}

std::string codes_schema(Range range, std::string_view pattern) {
  const std::string text = JsonText::object().text("type", "string").text("pattern", pattern).str();
  const std::string code = any_of({number_schema("integer", range), text});
  JsonText list = JsonText::object();
  list.text("type", "array").json("minItems", "1").json("items", code);
  return any_of({number_schema("integer", range), text, list.str()});
}

// The small notations of scalars; graph/scalar.cc and base/duration.cc read them.
void add_notations(JsonText& definitions) {
  const auto text_like = [](std::string_view description, const std::string& pattern) {
    return JsonText::object().text("description", description).text("type", "string").text("pattern", pattern).str();
  };
  std::string duration = "^(?=[0-9])";
  for (const char* unit : {"d", "h", "m", "s", "ms", "us", "ns"}) {
    duration.append("(").append(kNumberPattern).append(unit).append(")?");
  }
  definitions.json("duration", text_like("A duration with its units, such as 250ms, 30s or 1h30m.", duration + "$"));
  definitions.json("rate", text_like("How many in which time, such as 50/s or 10/250ms.",
                                     "^[0-9]+/(" + std::string(kNumberPattern) + ")?[a-z]+[0-9a-z.]*$"));
  const std::string size = JsonText::object().text("type", "string").text("pattern", "^[0-9]+(\\.[0-9]*)?([KMG]i?B|B)?$").str();
  JsonText bytes = JsonText::object();
  bytes.text("type", "integer").json("minimum", "0");
  JsonText forms = JsonText::list();
  forms.item(size).item(bytes.str());
  definitions.json("size", JsonText::object()
                               .text("description", "A size such as 64KiB or 16MB, or a number of bytes.")
                               .json("anyOf", forms.str())
                               .str());
  definitions.json("exit_codes", codes_schema(kExitCodes, "^[0-9]+(-[0-9]+)?$"));
  definitions.json("status_codes", codes_schema(kStatusCodes, "^([0-9]+(-[0-9]+)?|[1-5]xx)$"));
  definitions.json("scalar", JsonText::object().json("type", R"(["string","number","boolean"])").str());
}

}  // namespace

std::string actions_text(std::uint8_t actions) {
  if (actions == kAnyAction) return {};
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 6> kNames{
      {{kRun, "run"}, {kHttp, "http"}, {kSql, "sql"}, {kGather, "gather"}, {kGraph, "graph"}, {kSleep, "sleep"}}};
  std::string text;
  for (const auto& [bit, name] : kNames) {
    if ((actions & bit) != 0) text += (text.empty() ? "" : ", ") + std::string(name);
  }
  return text;
}

bool may_hold_expressions(const Key& key) {
  constexpr std::uint32_t kShapes = kText | kTextList | kScalarList | kAnyValue | kMapOfTexts | kMapOfTextLists | kMapOfMapLists |
                                    kMapOfValues | kListOfValues | kListOfMaps;
  return (key.shapes & kShapes) != 0;
}

std::string job_file_schema() {
  JsonText schema = JsonText::object();
  schema.text("$schema", "https://json-schema.org/draft/2020-12/schema");
  schema.text("title", "corun job file");
  schema.text("description", "A graph of jobs that corun runs: version 1 of the format.");
  add_fields(schema, Scope::file);
  JsonText definitions = JsonText::object();
  for (const Scope scope : scopes()) {
    if (scope == Scope::file || scope == Scope::matrix) continue;
    JsonText definition = JsonText::object();
    add_fields(definition, scope);
    definitions.json(scope_name(scope), definition.str());
  }
  add_notations(definitions);
  schema.json("$defs", definitions.str());
  return indented_json(schema.str());
}

}  // namespace corun
