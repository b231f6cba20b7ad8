// Fields of results. Knows nothing of how they came about.
#include "engine/result_context.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/check_expressions.h"
#include "expr/secret_keeper.h"

namespace corun {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Json saved_file(const ActionResult& result) { return result.saved ? Json::string(result.saved->file) : Json(); }
Json saved_size(const ActionResult& result) {
  return result.saved ? Json::number(static_cast<double>(result.saved->size)) : Json();
}

Json code_or_null(int code, int none) { return code == none ? Json() : Json::number(code); }

Json make_headers(const ActionResult& result) {
  Json map = Json::map();
  for (const auto& [name, value] : result.headers) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (const Json before = map.get(lower); before.is_string()) {
      map.set(lower, Json::string(std::string(before.text()) + ", " + value));
    } else {
      map.set(lower, Json::string(value));
    }
  }
  return map;
}

Result<Json> make_json(const ActionResult& result) {
  const bool is_body = &content_of(result) == &result.body;
  if (!is_body && result.stdout_cut) return Error{"stdout isn't JSON: there was more of it than `output: {max: …}` keeps"};
  Result<Json> json = Json::parse(content_of(result));
  if (!json) return Error{(is_body ? "the body isn't JSON: " : "stdout isn't JSON: ") + json.error().message};
  return json;
}

Json make_lines(const ActionResult& result) {
  Json lines = Json::list();
  std::string_view rest = content_of(result);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.append(Json::string(line));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return lines;
}

// What is costly to make, each with the part of a result that it is.
struct CostlyField {
  std::string_view name;
  std::uint16_t part;
  Result<Json> (*make)(const ActionResult&);
};

constexpr std::array<CostlyField, 7> kFields{{
    {"headers", kHeaders, [](const ActionResult& it) -> Result<Json> { return make_headers(it); }},
    {"body", kBody, [](const ActionResult& it) -> Result<Json> { return Json::string(it.body); }},
    {"json", kJson, [](const ActionResult& it) -> Result<Json> { return make_json(it); }},
    {"stdout", kStdout, [](const ActionResult& it) -> Result<Json> { return Json::string(it.stdout_text); }},
    {"stderr", kStderr, [](const ActionResult& it) -> Result<Json> { return Json::string(it.stderr_text); }},
    {"lines", kLines, [](const ActionResult& it) -> Result<Json> { return make_lines(it); }},
    {"rows", kRows, [](const ActionResult& it) -> Result<Json> { return it.rows.empty() ? Json() : Json::parse(it.rows); }},
}};

// Of JSON that was cut there is no value, and an error says so.
void note_cut(const ActionResult& result, std::uint16_t part, CutOutputs& seen) {
  const bool of_content = part == kLines && &content_of(result) == &result.stdout_text;
  if (result.stdout_cut && (part == kStdout || of_content)) seen.standard_output = true;
  if (result.stderr_cut && part == kStderr) seen.standard_error = true;
}

// A secret may have come back: what programs make of such a text is of the secret.
void taint_texts(Context& context, const ActionResult& result) {
  const SecretKeeper* keeper = context.keeper();
  if (keeper == nullptr) return;
  const auto taint_if = [&](bool holds, std::initializer_list<std::string_view> names) {
    if (!holds) return;
    for (const std::string_view name : names) context.taint(name, {}, Taint::holds);
  };
  const auto found = [&](const std::string& text) { return keeper->mask().finds_in(text); };
  const bool is_body = &content_of(result) == &result.body;
  const bool body = found(result.body);
  const bool standard_output = found(result.stdout_text);
  taint_if(is_body ? body : standard_output, {"json", "lines"});
  taint_if(body, {"body"});
  taint_if(standard_output, {"stdout"});
  taint_if(found(result.stderr_text), {"stderr"});
  taint_if(found(result.rows), {"rows"});
  taint_if(std::ranges::any_of(result.headers, [&](const auto& header) { return found(header.second); }), {"headers"});
}

}  // namespace

const std::string& content_of(const ActionResult& result) {
  return result.outcome.http_status != 0 || !result.body.empty() ? result.body : result.stdout_text;
}

void add_result(Context& context, const ActionResult& result, Duration elapsed, std::uint32_t attempts, CutOutputs& seen) {
  context.set("exit_code", code_or_null(result.outcome.exit_code, -1));
  context.set("signal", code_or_null(result.outcome.signal, 0));
  context.set("status", code_or_null(result.outcome.http_status, 0));
  context.set("file", saved_file(result));
  context.set("size", saved_size(result));
  context.set("time", Json::number(seconds(elapsed)));
  context.set("attempts", Json::number(attempts));
  for (const CostlyField& field : kFields) {
    context.set(field.name, Context::Make([&result, &seen, &field] {
                  note_cut(result, field.part, seen);
                  return field.make(result);
                }));
  }
  taint_texts(context, result);
}

Json describe_result(const ActionResult& result, Duration elapsed, std::uint16_t parts, CutOutputs& seen) {
  if (parts == 0) return Json();
  Json map = Json::map();
  map.set("exit_code", code_or_null(result.outcome.exit_code, -1));
  map.set("signal", code_or_null(result.outcome.signal, 0));
  map.set("status", code_or_null(result.outcome.http_status, 0));
  map.set("file", saved_file(result));
  map.set("size", saved_size(result));
  map.set("time", Json::number(seconds(elapsed)));
  for (const CostlyField& field : kFields) {
    if ((parts & field.part) == 0) continue;
    note_cut(result, field.part, seen);
    const Result<Json> value = field.make(result);
    map.set(field.name, value ? *value : Json());
  }
  return map;
}

void describe_end(Json& map, const JobResult& result) {
  if (!map.is_map()) map = Json::map();
  map.set("state", Json::string(to_string(result.state)));
  map.set("outcome", Json::string(to_string(result.state)));
  map.set("conclusion", Json::string(to_string(result.failure_allowed ? JobState::succeeded : result.state)));
  map.set("attempts", Json::number(result.attempts));
  map.set("error", describe_error(result.outcome));
}

Json describe_error(const Outcome& outcome) {
  if (outcome.ok()) return Json();
  Json map = Json::map();
  map.set("kind", Json::string(to_string(outcome.kind)));
  map.set("message", Json::string(outcome.message));
  map.set("exit_code", code_or_null(outcome.exit_code, -1));
  map.set("signal", code_or_null(outcome.signal, 0));
  map.set("status", code_or_null(outcome.http_status, 0));
  return map;
}

}  // namespace corun
