// Names against what exists. Knows nothing of results.
#include "expr/check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "expr/advice.h"

namespace corun {
namespace {

using Kind = ExpressionError::Kind;

constexpr std::array<std::string_view, 4> kAlways{"vars", "env", "secrets", "run"};

std::vector<std::string> field_names(const Json& map) {
  std::vector<std::string> names;
  map.for_each_field([&](std::string_view name, const Json&) { names.emplace_back(name); });
  return names;
}

std::vector<std::string_view> environment_names(const Variables& variables) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : variables.environment()) names.push_back(name);
  return names;
}

// Stands for what only the run will know. Fits wherever a text may stand.
Json stand_in() { return Json::string("0"); }

// The name in `source` that begins like `name` and goes on behind a dash, as in `.build-api`; "": there is none. jq reads a
// subtraction there.
std::string dashed_name(std::string_view source, std::string_view name) {
  const std::string start = '.' + std::string(name) + '-';
  const std::size_t at = source.find(start);
  if (at == std::string_view::npos) return {};
  std::size_t end = at + start.size();
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || (c >= '0' && c <= '9');
  };
  while (end < source.size() && is_name(source[end])) ++end;
  return std::string(source.substr(at + 1, end - at - 1));
}

// How a field with such a name is written.
std::string dash_advice(std::string_view root, const std::string& name) {
  return "names with a dash need quotes: `." + std::string(root) + "[\"" + name + "\"]`";
}

// The word a program begins with: a name without the dot that paths start with.
std::string_view first_word(std::string_view source) {
  std::size_t end = 0;
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  };
  while (end < source.size() && is_name(source[end])) ++end;
  const bool path = end == source.size() || source[end] == '.' || source[end] == '[';
  return path ? source.substr(0, end) : std::string_view();
}

// The field at this place of a path; "": an index, or the path is shorter.
std::string field_of(const Expression& expression, std::size_t index) {
  const auto* field = index < expression.path.size() ? std::get_if<std::string>(&expression.path[index]) : nullptr;
  return field != nullptr ? *field : std::string();
}

// `name` is looked up among a response's headers, whose names are in lower case.
Evaluated<Json> check_header(const Expression& expression, const std::string& name) {
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower == name) return stand_in();
  const std::string written = lower.find('-') == std::string::npos ? '.' + lower : "[\"" + lower + "\"]";
  return expression_error(expression, Kind::unknown_name, "no header `" + name + "`: their names are in lower case",
                          "write `.headers" + written + '`');
}

}  // namespace

template <typename MakeNames>
std::string CheckEvaluator::suggestion(std::string_view name, MakeNames make_names, std::string_view prefix) const {
  if (comparisons_left_ == 0) return {};
  const auto names = make_names();
  std::vector<std::string_view> candidates(names.begin(), names.end());
  candidates.resize(std::min(candidates.size(), comparisons_left_));
  comparisons_left_ -= candidates.size();
  const std::string_view similar = most_similar(name, candidates);
  return similar.empty() ? std::string() : "did you mean `" + std::string(prefix) + std::string(similar) + "`?";
}

bool CheckEvaluator::is_root(std::string_view name) const {
  return std::find(kAlways.begin(), kAlways.end(), name) != kAlways.end() || (name == "jobs" && names_.find_job != nullptr) ||
         (name == "previous" && names_.find_previous != nullptr) ||
         std::find(names_.roots.begin(), names_.roots.end(), name) != names_.roots.end();
}

std::optional<ExpressionError> CheckEvaluator::check_root(const Expression& expression, const std::string& name) const {
  for (const RefusedName& each : names_.refused) {
    if (each.name == name) return expression_error(expression, Kind::unknown_name, each.message, each.label);
  }
  if (!is_root(name)) return unknown_root(expression, name);
  return std::nullopt;
}

ExpressionError CheckEvaluator::unknown_root(const Expression& expression, const std::string& name) const {
  std::vector<std::string_view> known(kAlways.begin(), kAlways.end());
  if (names_.find_job) known.emplace_back("jobs");
  if (names_.find_previous) known.emplace_back("previous");
  known.insert(known.end(), names_.roots.begin(), names_.roots.end());
  std::string list;
  for (const std::string_view each : known) list += (list.empty() ? "`." : ", `.") + std::string(each) + '`';
  return expression_error(expression, Kind::unknown_name, "unknown name `." + name + "` in expression",
                          suggestion(
                              name, [&] { return known; }, "."),
                          "known here: " + list);
}

Evaluated<Json> CheckEvaluator::evaluate(const Expression& expression) const {
  return expression.is_path() ? check_path(expression) : check_program(expression);
}

std::vector<std::string> CheckEvaluator::variable_names() const {
  std::vector<std::string> names = field_names(variables().vars());
  if (names_.open != nullptr) names.insert(names.end(), names_.open->begin(), names_.open->end());
  return names;
}

std::optional<ExpressionError> CheckEvaluator::check_name(const Expression& expression, std::string_view root,
                                                          std::string_view name) const {
  const std::string text(name);
  const std::string dashed = dashed_name(expression.source, name);
  if (root == "vars" && !variables().vars().has(name) && !is_open(name)) {
    if (variables().vars().has(dashed)) {
      return expression_error(expression, Kind::undefined_variable, "undefined variable `" + text + "`",
                              dash_advice(root, dashed));
    }
    return expression_error(expression, Kind::undefined_variable, "undefined variable `" + text + "`",
                            suggestion(
                                name, [&] { return variable_names(); }, ".vars."));
  }
  if (root == "secrets" && !variables().secrets().has(name)) {
    return expression_error(expression, Kind::undefined_secret, "undefined secret `" + text + "`",
                            suggestion(
                                name, [&] { return field_names(variables().secrets()); }, ".secrets."));
  }
  return std::nullopt;
}

std::optional<ExpressionError> CheckEvaluator::check_job(const Expression& expression, const Reference& job) const {
  const std::string& name = job.name;
  const bool certain = job.certain && !name.empty();
  if (!names_.find_job) return std::nullopt;
  const JobReference reference = names_.find_job(job, certain);
  if (!certain || reference.verdict == JobReference::Verdict::fine) return std::nullopt;
  if (reference.verdict == JobReference::Verdict::no_such_part) {
    return expression_error(expression, Kind::unknown_name, reference.message, reference.label, reference.help);
  }
  const bool unknown = reference.verdict == JobReference::Verdict::unknown;
  if (const std::string dashed = dashed_name(expression.source, name);
      unknown && !dashed.empty() &&
      names_.find_job({"jobs", dashed, "", "", true, 0}, true).verdict != JobReference::Verdict::unknown) {
    return expression_error(expression, Kind::unknown_name, "no job `" + name + "` can be seen from here",
                            dash_advice("jobs", dashed));
  }
  return expression_error(expression, Kind::unknown_name,
                          unknown ? "no job `" + name + "` can be seen from here"
                                  : "job `" + name + "` isn't needed by this one: its result may not be there yet",
                          reference.label, reference.help);
}

// A program that is given the whole input says nothing of rounds as long as it doesn't name them.
std::optional<ExpressionError> CheckEvaluator::check_previous(const Expression& expression, const Reference& previous) const {
  if (!names_.find_previous) return std::nullopt;
  if (previous.root.empty() && expression.source.find("previous") == std::string::npos) return std::nullopt;
  const JobReference reference = names_.find_previous(previous);
  if (!previous.certain || reference.verdict == JobReference::Verdict::fine) return std::nullopt;
  return expression_error(expression, Kind::unknown_name, reference.message, reference.label, reference.help);
}

Evaluated<Json> CheckEvaluator::check_path(const Expression& expression) const {
  const auto* root = std::get_if<std::string>(&expression.path[0]);
  if (root == nullptr) return unknown_root(expression, "[…]");
  if (auto error = check_root(expression, *root)) return std::move(*error);
  const auto* name = expression.path.size() > 1 ? std::get_if<std::string>(&expression.path[1]) : nullptr;
  mention(*root, name != nullptr ? *name : "");
  if (*root == "jobs") {
    Reference job{*root, name != nullptr ? *name : "", field_of(expression, 2), field_of(expression, 3), true};
    if (auto error = check_job(expression, job)) return std::move(*error);
    if (job.part == "headers") return check_header(expression, job.field);
    return stand_in();
  }
  if (*root == "previous") {
    if (auto error = check_previous(expression, {*root, name != nullptr ? *name : "", "", "", true})) return std::move(*error);
    return stand_in();
  }
  if (*root == "headers" && name != nullptr) return check_header(expression, *name);
  if (*root == "secrets" && name != nullptr) {
    if (auto error = check_name(expression, *root, *name)) return std::move(*error);
    return Json::string(kSecretStandIn);
  }
  if (name == nullptr && (*root == "vars" || *root == "env" || *root == "secrets")) return stand_in();
  if (name != nullptr) {
    if (auto error = check_name(expression, *root, *name)) return std::move(*error);
  }
  if (*root == "vars" && is_open(*name)) return stand_in();
  if (*root == "vars") return follow_path(variables().vars().get(*name), expression, 2);
  if (*root == "env") {
    const auto found = variables().environment().find(*name);
    if (found == variables().environment().end()) {
      return expression_error(expression, Kind::undefined_environment, "undefined environment variable `" + *name + "`",
                              suggestion(
                                  *name, [&] { return environment_names(variables()); }, ".env."));
    }
    return follow_path(Json::string(found->second), expression, 2);
  }
  return stand_in();
}

// Whether a name that is known already is a secret, or has been made of one.
bool CheckEvaluator::is_of_secret(std::string_view root, std::string_view name) const {
  if (root == "secrets") return true;
  std::string value;
  if (root == "vars") value = variables().vars().get(name).dump();
  if (root == "env") {
    const auto found = variables().environment().find(name);
    if (found != variables().environment().end()) value = found->second;
  }
  return value.find(kSecretStandIn) != std::string::npos;
}

namespace {

// The same with strings as jq writes them.
std::string with_double_quotes(std::string source) {
  if (source.find('"') == std::string::npos) std::replace(source.begin(), source.end(), '\'', '"');
  return source;
}

}  // namespace

Evaluated<Json> CheckEvaluator::check_program(const Expression& expression) const {
  const std::string_view word = first_word(expression.source);
  const bool alone = word.size() == expression.source.size();
  const bool is_variable = alone && (variables().vars().has(word) || is_open(word));
  if (!word.empty() && word != "error" && (is_root(word) || word == "jobs" || word == "matrix" || is_variable)) {
    return expression_error(expression, Kind::syntax, "`" + expression.source + "` isn't a path",
                            std::string("write `") + (is_variable ? ".vars." : ".") + with_double_quotes(expression.source) + "`",
                            "expressions are jq: paths start with a dot");
  }
  if (const std::string meant = foreign_path(expression.source, word); !word.empty() && !alone && !meant.empty()) {
    return expression_error(expression, Kind::syntax, "`" + expression.source + "` isn't a path",
                            "write " + with_double_quotes(meant), "expressions are jq: paths start with a dot");
  }
  if (expression.source.starts_with("not .")) {  // jq would look into what `not` gives
    return expression_error(expression, Kind::syntax, "`not` stands behind what it negates",
                            "write `" + expression.source.substr(4) + " | not`");
  }
  bool of_secret = false;
  for (const Reference& reference : find_references(expression.source)) {
    of_secret = of_secret || is_of_secret(reference.root, reference.name);
    mention(reference.root.empty() ? "vars" : reference.root, reference.name);
    if (reference.root == "previous" || reference.root.empty()) {
      if (auto error = check_previous(expression, reference)) return std::move(*error);
    }
    if (reference.root == "jobs" || reference.root.empty()) {
      if (auto error = check_job(expression, reference)) return std::move(*error);
    } else if (auto wrong = reference.certain ? check_root(expression, reference.root) : std::nullopt) {
      wrong->offset = expression.source_offset + reference.offset;
      wrong->length = reference.root.size() + 1;
      wrong->written = '.' + reference.root;
      return std::move(*wrong);
    } else if (reference.certain && !reference.name.empty()) {
      if (auto error = check_name(expression, reference.root, reference.name)) return std::move(*error);
    }
  }
  programs_.add(expression.source);
  sites_.push_back({expression, place_});
  return of_secret ? Json::string(kSecretStandIn) : stand_in();
}

std::vector<ExpressionError> compile_programs(Programs& programs, const std::vector<ProgramSite>& sites) {
  std::vector<ExpressionError> errors;
  for (const Programs::Problem& problem : programs.compile()) {
    for (const ProgramSite& site : sites) {  // one program may stand in many places
      if (programs.add(site.expression.source) != problem.program) continue;
      ExpressionError error = expression_error(site.expression, Kind::syntax, "jq: " + problem.message);
      error.place = site.place;
      const std::string_view source = site.expression.source;
      std::size_t start = problem.offset;
      std::string_view word = source.substr(start, source.find_first_of(" \t\r\n", start) - start);
      if (problem.message.find("is not defined") != std::string::npos) {  // it says what: a name, `/` and a number
        error.help = "expressions are jq: paths start with a dot";
        const std::string_view name = std::string_view(problem.message).substr(0, problem.message.find('/'));
        if (const std::size_t found = source.find(name, start); found != std::string_view::npos) {
          start = found;
          word = name;
        }
      }
      if (!word.empty()) {
        error.offset = site.expression.source_offset + start;
        error.length = word.size();
        error.written = std::string(word);
      }
      if (const std::string_view advice = advice_on(source); !advice.empty()) error.help = advice;
      errors.push_back(std::move(error));
    }
  }
  return errors;
}

}  // namespace corun
