// Evaluates what jobs give to others. Knows nothing of execution.
#include "engine/outputs.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "engine/result_context.h"
#include "expr/extract.h"
#include "expr/render.h"
#include "expr/secret_keeper.h"
#include "io/http_words.h"
#include "io/output_file.h"

namespace corun {
namespace {

constexpr std::size_t kMostShown = 60;  // bytes of a text in a message

std::string quoted_start(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  return '`' + std::string(cut_text(line, kMostShown)) + (line.size() > kMostShown ? "…`" : "`");
}

bool looks_like_xml(const ActionResult& result) {
  for (const auto& [name, value] : result.headers) {
    if (!equal_ignoring_case(name, "content-type")) continue;
    return value.find("xml") != std::string::npos && value.find("html") == std::string::npos;
  }
  return content_of(result).starts_with("<?xml");
}

// One job's expressions over one of its results.
class ResultReader {
 public:
  ResultReader(const Expressions& expressions, const AttemptRequest& request, const AttemptResult& result, Duration elapsed,
               CutOutputs& cut)
      : expressions_(expressions),
        result_(result),
        context_(&request.names.context()),
        evaluator_(context_, expressions.programs) {
    add_result(context_, result, elapsed, request.number, cut);
    if (!result.members.is_null()) {
      context_.set("results", result.members);
      if (!result.jobs_with_secrets.empty()) context_.taint("results", {}, Taint::holds);
    }
    if (!result.jobs.is_null()) add_jobs();
    if (result.outputs.is_map()) context_.set("outputs", result.outputs);
  }

  // What is not as expected; nothing if all is.
  std::optional<Outcome> unmet(const Expect& expect) {
    for (const Pattern& pattern : expect.headers) {
      if (auto outcome = unmet_header(pattern)) return outcome;
    }
    for (const Pattern& pattern : expect.body) {
      if (auto outcome = unmet_pattern(pattern, content_of(result_), "the body")) return outcome;
    }
    if (!expect.json) return std::nullopt;
    Renderer renderer(evaluator_);
    const Json holds = renderer.in("expect.json").expression(*expect.json);
    if (!renderer.errors().empty()) return failure_of(expressions_, renderer.errors().front(), FailureKind::expectation);
    if (holds.is_true()) return std::nullopt;
    return failure(FailureKind::expectation, "expected " + quoted_start(expect.json->text) + ", which is " + holds.dump());
  }

  std::optional<Outcome> until(const RepeatSpec& repeat, bool& holds) {
    Renderer renderer(evaluator_);
    holds = renderer.in("until").expression(repeat.until).is_true();
    if (renderer.errors().empty()) return std::nullopt;
    return failure_of(expressions_, renderer.errors().front(), FailureKind::expectation);
  }

  // Whether a value given so far has to do with a secret.
  bool gave_secret() const { return gave_secret_ || evaluator_.given() != Taint::none; }

  // Adds what the process has written, then what `rules` say.
  std::optional<Outcome> add_outputs(const std::vector<OutputRule>& rules, Json& outputs) {
    if (!result_.output_text.empty()) {
      const Result<std::string> written = parse_output_file(result_.output_text);
      if (!written) return failure(FailureKind::expectation, "CORUN_OUTPUT: " + written.error().message);
      const Result<Json> map = Json::parse(*written);
      if (!map) return failure(FailureKind::expectation, "CORUN_OUTPUT: " + map.error().message);
      outputs = *map;
      note_secret(outputs);
    }
    for (const OutputRule& rule : rules) {
      Json value;
      if (auto outcome = evaluate(rule, value)) {
        outcome->message = "output `" + rule.name + "`: " + outcome->message;
        return outcome;
      }
      outputs.set(rule.name, std::move(value));
    }
    return std::nullopt;
  }

 private:
  // The jobs of a graph, with those around it.
  void add_jobs() {
    const Context::Found around = context_.find("jobs");
    Json jobs = around && *around ? **around : Json::map();
    result_.jobs.for_each_field([&](std::string_view name, Json job) { jobs.set(name, std::move(job)); });
    context_.set("jobs", std::move(jobs));
    for (const std::string& name : result_.jobs_with_secrets) context_.taint("jobs", name, Taint::holds);
  }

  // A value that no expression gives.
  void note_secret(const Json& value) {
    const SecretKeeper* keeper = context_.keeper();
    gave_secret_ = gave_secret_ || (keeper != nullptr && keeper->finds_in(value));
  }

  std::optional<Outcome> evaluate(const OutputRule& rule, Json& value) {
    if (rule.kind == OutputRule::Kind::expression) {
      Renderer renderer(evaluator_);
      value = renderer.expression(rule.text);
      if (!renderer.errors().empty()) return failure_of(expressions_, renderer.errors().front(), FailureKind::expectation);
      return std::nullopt;
    }
    const Result<std::string> found = rule.kind == OutputRule::Kind::xpath
                                          ? extract_xpath(content_of(result_), looks_like_xml(result_), rule.text.text)
                                          : extract_regex(content_of(result_), rule.text.text);
    if (!found) return failure(FailureKind::expectation, found.error().message);
    const bool cut = result_.stdout_cut && &content_of(result_) == &result_.stdout_text;
    if (cut && (rule.kind == OutputRule::Kind::xpath || *found == "null")) {
      return failure(FailureKind::expectation, "there was more of stdout than `output: {max: …}` keeps");
    }
    const Result<Json> json = Json::parse(*found);
    if (!json) return failure(FailureKind::internal, json.error().message);
    value = *json;
    note_secret(value);
    return std::nullopt;
  }

  std::optional<Outcome> unmet_header(const Pattern& pattern) {
    const auto found = std::find_if(result_.headers.begin(), result_.headers.end(),
                                    [&](const auto& header) { return equal_ignoring_case(header.first, pattern.name); });
    if (found == result_.headers.end()) {
      return failure(FailureKind::expectation, "expected a header `" + pattern.name + "`, and there is none");
    }
    return unmet_pattern(pattern, found->second, "the header `" + pattern.name + "`");
  }

  std::optional<Outcome> unmet_pattern(const Pattern& pattern, std::string_view text, const std::string& what) {
    Renderer renderer(evaluator_);
    const std::string wanted = renderer.in("expect").text(pattern.text);
    if (!renderer.errors().empty()) return failure_of(expressions_, renderer.errors().front(), FailureKind::expectation);
    bool holds = false;
    const char* verb = "to match";
    switch (pattern.kind) {
      case Pattern::Kind::equals:
        holds = text == wanted;
        verb = "to be";
        break;
      case Pattern::Kind::contains:
        holds = text.find(wanted) != std::string_view::npos;
        verb = "to hold";
        break;
      case Pattern::Kind::regex: {
        const Result<std::string> match = extract_regex(text, "(?:" + wanted + ")");
        if (!match) return failure(FailureKind::expectation, match.error().message);
        holds = *match != "null";
        break;
      }
    }
    if (holds) return std::nullopt;
    return failure(FailureKind::expectation, "expected " + what + ' ' + verb + ' ' + quoted_start(wanted) + ", found " +
                                                 (text.empty() ? "nothing" : quoted_start(text)));
  }

  const Expressions& expressions_;
  const AttemptResult& result_;
  Context context_;
  ContextEvaluator evaluator_;
  bool gave_secret_ = false;
};

bool has_expressions(const Expect& expect) { return expect.json || !expect.headers.empty() || !expect.body.empty(); }

// Bytes of `value` as JSON, about; counting ends soon after `most`.
std::size_t size_of(const Json& value, std::size_t most) {
  std::size_t size = 2;
  switch (value.kind()) {
    case Json::Kind::string: size += value.text().size(); break;
    case Json::Kind::list:
      for (std::size_t i = 0; i < value.size() && size <= most; ++i) size += 1 + size_of(value.at(i), most - size);
      break;
    case Json::Kind::map:
      value.for_each_field([&](std::string_view name, const Json& field) {
        if (size <= most) size += name.size() + 3 + size_of(field, most - size);
      });
      break;
    default: size += 4; break;
  }
  return size;
}

// What a round gives to the next one; a failure if it has become too much.
std::optional<Outcome> hand_on(const Json& outputs, const SecretKeeper* keeper, AttemptResult& result) {
  constexpr std::size_t kMost = std::size_t{16} << 20;
  if (size_of(outputs, kMost) > kMost) {
    return failure(FailureKind::result_too_large,
                   "the outputs have grown beyond " + std::to_string(kMost >> 20) + " MiB: too much for `.previous`");
  }
  result.for_next_round = outputs;
  result.holds_secret =
      result.holds_secret || !result.jobs_with_secrets.empty() || (keeper != nullptr && keeper->finds_in(outputs));
  return std::nullopt;
}

// Members' outputs by name: what a gather gives unless it says otherwise.
Json outputs_of_members(const Json& members) {
  Json outputs = Json::map();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Json member = members.at(i);
    outputs.set(member.get("name").text(), member.get("outputs"));
  }
  return outputs;
}

}  // namespace

Outcome failure_of(const Expressions& expressions, const ExpressionError& error, FailureKind kind) {
  std::string line = error.place.line > 0 ? "line " + std::to_string(error.place.line) : "";
  const std::uint32_t file = error.place.file;
  if (file > 0 && file < expressions.files.size() && !line.empty()) line += " of " + expressions.files[file];
  std::string place = error.key.empty() ? line : '`' + error.key + '`' + (line.empty() ? "" : ", " + line);
  if (!place.empty()) place += ": ";
  return failure(kind, place + error.message);
}

bool wants_outputs(const Expressions& expressions, const Job& job) {
  const JobFlow* flow = job.written().flow.get();
  return (expressions.used_of(job) & kOutputs) != 0 || (flow != nullptr && !flow->outputs.empty()) ||
         expressions.sees_previous(job);
}

std::optional<Outcome> unmet_expectation(const Expressions& expressions, const AttemptRequest& request,
                                         const AttemptResult& result, Duration elapsed) {
  const Expect& expect = request.job().policies->expect;
  if (!has_expressions(expect)) return std::nullopt;
  CutOutputs cut;
  return ResultReader(expressions, request, result, elapsed, cut).unmet(expect);
}

void take_data(const Expressions& expressions, const AttemptRequest& request, Duration elapsed, AttemptResult& result) {
  const Job& written = request.job().written();
  const JobFlow* flow = written.flow.get();
  const Expect& expect = request.job().policies->expect;
  const std::uint16_t used = expressions.used_of(request.job());
  const bool own = request.is_own();
  const bool expects = own && has_expressions(expect) && !result.unrequested;
  const bool repeats = own && flow != nullptr && flow->repeat.has_value();
  const bool hands_on = repeats && expressions.sees_previous(request.job());
  const bool gives = wants_outputs(expressions, request.job());
  if (!expects && !repeats && !gives && used == 0) {
    result.data = Json();
    return;
  }

  const bool is_value = std::holds_alternative<std::unique_ptr<OutputSpec>>(request.action);  // null is one, too
  Json outputs = is_value ? std::move(result.data) : Json();
  const SecretKeeper* keeper = request.names.context().keeper();
  if (result.outcome.ok() && !is_value) {
    ResultReader reader(expressions, request, result, elapsed, result.cut);
    std::optional<Outcome> failed = expects ? reader.unmet(expect) : std::nullopt;
    bool holds = true;
    if (!failed && repeats) failed = reader.until(*flow->repeat, holds);
    result.repeat = !holds;
    if (!failed && (holds || hands_on) && gives) {
      static const std::vector<OutputRule> kNone;
      const bool is_graph = result.outputs.is_map();
      const bool has_rules = flow != nullptr && !flow->outputs.empty();
      outputs = is_graph                                ? std::move(result.outputs)
                : has_rules || result.members.is_null() ? Json::map()
                                                        : outputs_of_members(result.members);
      failed = reader.add_outputs(flow != nullptr ? flow->outputs : kNone, outputs);
      result.holds_secret = result.holds_secret || reader.gave_secret();
    }
    if (!failed && hands_on) failed = hand_on(outputs, keeper, result);
    if (!holds) outputs = Json();  // they are the round's, not the job's
    if (failed) {
      failed->exit_code = result.outcome.exit_code;
      failed->http_status = result.outcome.http_status;
      result.outcome = std::move(*failed);
      outputs = Json();
    }
  }
  result.data = describe_result(result, elapsed, used, result.cut);
  if (used == 0) return;
  result.holds_secret =
      result.holds_secret || !result.jobs_with_secrets.empty() || (keeper != nullptr && keeper->finds_in(result.data));
  result.data.set("outputs", std::move(outputs));
  if (!result.members.is_null()) result.data.set("results", result.members);
}

Json evaluate_outputs(const Expressions& expressions, const std::vector<OutputRule>& rules, const Evaluator& evaluator,
                      std::vector<std::string>& problems) {
  Json outputs = Json::map();
  for (const OutputRule& rule : rules) {
    Renderer renderer(evaluator);
    outputs.set(rule.name, renderer.expression(rule.text));
    if (!renderer.errors().empty()) {
      problems.push_back("output `" + rule.name + "`: " + failure_of(expressions, renderer.errors().front()).message);
    }
  }
  return outputs;
}

}  // namespace corun
