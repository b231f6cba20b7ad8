// The key tables of conditions, repetition, fan-out, outputs and callbacks. Knows nothing of how jobs run.
#include <algorithm>
#include <array>

#include "graph/error_codes.h"
#include "graph/flow_reader.h"
#include "graph/job_reader.h"
#include "graph/load_state.h"
#include "graph/matrix.h"
#include "graph/read_values.h"

namespace corun {
namespace {

JobFlow& flow_of(void* target) {
  Job& job = static_cast<JobDraft*>(target)->job;
  if (!job.flow) job.flow = std::make_unique<JobFlow>();
  return *job.flow;
}

void set_condition(Reader& reader, NodeId node, void* target) {
  set<&JobFlow::condition, read_expression>(reader, node, &flow_of(target));
}

// --- foreach ---

/// A foreach being read: what stands on its own in the table.
struct GatherPolicyDraft {
  ForeachSpec& spec;
};

std::optional<Value> read_items(Reader& reader, NodeId node) {
  if (reader.is_list(node)) return read_value(reader, node);
  if (!reader.is_string(node)) {
    reader.wrong_type(node, "a list, or an expression that gives one");
    return std::nullopt;
  }
  Value value;
  value.kind = Value::Kind::string;
  auto text = read_text(reader, node);
  if (!text) return std::nullopt;
  value.text = *std::move(text);
  return value;
}

std::optional<std::string> read_name(Reader& reader, NodeId node) {
  constexpr std::array<std::string_view, 10> kTaken{"vars",   "env",   "secrets", "jobs",  "run",
                                                    "matrix", "index", "attempt", "error", "previous"};
  auto name = read_string(reader, node);
  if (!name) return std::nullopt;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const bool word = !name->empty() && is_letter(name->front()) &&
                    std::all_of(name->begin(), name->end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  if (!word || std::find(kTaken.begin(), kTaken.end(), *name) != kTaken.end()) {
    reader.error(node, code::kBadName, quoted(*name) + " can't be the name of an item",
                 word ? "it means something else in expressions" : "letters, digits and `_`, a letter first");
    return std::nullopt;
  }
  return name;
}

void set_foreach_gather(Reader& reader, NodeId node, void* target) {
  auto& spec = *static_cast<ForeachSpec*>(target);
  GatherSpec gather;
  if (!read_gather_policy(reader, node, gather)) return;
  spec.policy = gather.policy;
  spec.quorum = gather.quorum;
  spec.continue_on_failure = gather.continue_on_failure;
  spec.completion_order = gather.completion_order;
}

constexpr std::array kForeachKeys{
    Key{.name = "items",
        .shapes = kText | kListOfValues,
        .accepts = "a list, or an expression that gives one",
        .description = "What the job is run for.",
        .example = "items: [a, b, c]",
        .decode = set<&ForeachSpec::items, read_items>,
        .required = true},
    Key{.name = "as",
        .shapes = kString,
        .accepts = "a name",
        .default_text = "item",
        .description = "The item's name in expressions.",
        .example = "as: page",
        .decode = set<&ForeachSpec::as, read_name>},
    Key{.name = "key",
        .shapes = kText,
        .accepts = "an expression",
        .description = "What tells the items apart in names; else their number.",
        .example = "key: .item.id",
        .decode = set<&ForeachSpec::key, read_text>},
    Key{.name = "max_concurrent",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .description = "Items at once; else as many as the run allows.",
        .example = "max_concurrent: 8",
        .decode = set<&ForeachSpec::max_concurrent, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "gather",
        .shapes = kChoice | kMap,
        .accepts = "a policy, or a map",
        .default_text = "all",
        .description = "When the items together have succeeded, as in `gather`.",
        .example = "gather: settled",
        .decode = set_foreach_gather,
        .choices = "all|settled|any|race",
        .fields = Scope::foreach_gather},
};

// Whether a list that is written here can meet its policy.
void check_items(Reader& reader, NodeId node, const ForeachSpec& spec) {
  if (spec.items.kind != Value::Kind::list) return;
  const std::size_t count = spec.items.items.size();
  if (spec.policy == GatherPolicy::quorum && spec.quorum > count) {
    reader.error(node, code::kQuorum,
                 reader.where() + " wants " + std::to_string(spec.quorum) + " of its " + std::to_string(count) + " items");
  } else if (count == 0 && (spec.policy == GatherPolicy::any || spec.policy == GatherPolicy::race)) {
    reader.error(node, code::kEmptyGather, "no items for the policy of " + reader.where(),
                 "with `all` or `settled` none is a success");
  }
}

void set_foreach(Reader& reader, NodeId node, void* target) {
  auto spec = std::make_unique<ForeachSpec>();
  if (reader.is_map(node)) {
    const std::size_t errors = reader.errors();
    reader.read_map(node, Scope::foreach, spec.get());
    if (reader.errors() == errors) check_items(reader, node, *spec);
  } else if (auto items = read_items(reader, node)) {
    spec->items = *std::move(items);
  }
  JobFlow& flow = flow_of(target);
  if (flow.foreach != nullptr) {
    reader.error(node, code::kConflict, "`foreach` and `matrix` in " + reader.where(), "a job has one of them");
  }
  flow.foreach = std::move(spec);
}

void set_matrix(Reader& reader, NodeId node, void* target) {
  if (auto spec = read_matrix(reader, node)) flow_of(target).foreach = std::make_unique<ForeachSpec>(*std::move(spec));
}

// --- repeat ---

constexpr std::array kRepeatKeys{
    Key{.name = "until",
        .shapes = kText,
        .accepts = "an expression",
        .description = "Run again until this holds over the result.",
        .example = "until: .json.state == \"done\"",
        .decode = set<&RepeatSpec::until, read_text>,
        .required = true},
    Key{.name = "every",
        .shapes = kDuration,
        .accepts = "a duration",
        .default_text = "1s",
        .description = "The pause before the next time.",
        .example = "every: 5s",
        .decode = set<&RepeatSpec::every, read_duration>},
    Key{.name = "attempts",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .description = "How often at most; else as long as `total_timeout` allows.",
        .example = "attempts: 20",
        .decode = set<&RepeatSpec::attempts, read_count>,
        .range = {1, kMostCount}},
};

void set_repeat(Reader& reader, NodeId node, void* target) {
  RepeatSpec spec;
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::repeat, &spec);
  if (spec.until.text.empty() && reader.errors() != errors) return;  // there is nothing to be judged
  flow_of(target).repeat = std::move(spec);
}

// --- outputs ---

template <OutputRule::Kind kind>
void set_search(Reader& reader, NodeId node, void* target) {
  auto& rule = *static_cast<OutputRule*>(target);
  rule.kind = kind;
  rule.text.place = reader.place(node);
  set<&Text::text, read_string>(reader, node, &rule.text);
}

constexpr std::array kOutputRuleKeys{
    Key{.name = "xpath",
        .shapes = kString,
        .accepts = "an XPath expression",
        .description = "What of the body, or stdout, as HTML or XML: the texts of the nodes.",
        .example = "xpath: //h1",
        .decode = set_search<OutputRule::Kind::xpath>,
        .alternative = Alternative::exactly_one},
    Key{.name = "regex",
        .shapes = kString,
        .accepts = "a regular expression",
        .description = "What of the body, or stdout, matches: its first group, or all of it.",
        .example = "regex: \"version ([0-9.]+)\"",
        .decode = set_search<OutputRule::Kind::regex>,
        .alternative = Alternative::exactly_one},
};

std::optional<OutputRule> read_output_rule(Reader& reader, const Pair& pair) {
  OutputRule rule;
  rule.name = pair.name;
  if (reader.is_map(pair.value)) {
    if (reader.pairs(pair.value).size() != 1) {
      reader.wrong_type(pair.value, "an expression, `{xpath: …}` or `{regex: …}`");
      return std::nullopt;
    }
    const std::size_t errors = reader.errors();
    reader.read_map(pair.value, Scope::output_rule, &rule);
    if (reader.errors() != errors) return std::nullopt;
    return rule;
  }
  auto text = read_text(reader, pair.value);
  if (!text) return std::nullopt;
  rule.text = *std::move(text);
  return rule;
}

void set_outputs(Reader& reader, NodeId node, void* target) {
  if (auto rules = read_outputs(reader, node, true)) flow_of(target).outputs = *std::move(rules);
}

// --- callbacks ---

/// A callback being read.
struct CallbackDraft : FallbackDraft {
  Duration timeout = Callback{}.timeout;
};

template <auto member>
void set_callback(Reader& reader, NodeId node, void* target) {
  CallbackDraft draft{{{}, static_cast<JobDraft*>(target)->settings}};
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::callback, static_cast<FallbackDraft*>(&draft));
  if (reader.errors() != errors || !reader.is_map(node)) return;
  check_one_action(reader, node, Scope::callback);
  auto callback = std::make_unique<Callback>();
  callback->action = std::move(draft.action);
  callback->timeout = draft.timeout;
  flow_of(target).*member = std::move(callback);
}

void set_callback_timeout(Reader& reader, NodeId node, void* target) {
  set<&CallbackDraft::timeout, read_positive_duration>(reader, node,
                                                       static_cast<CallbackDraft*>(static_cast<FallbackDraft*>(target)));
}

constexpr Key kCallbackTimeout{.name = "timeout",
                               .shapes = kDuration,
                               .accepts = "a duration",
                               .default_text = "5m",
                               .description = "The longest that it may take.",
                               .example = "timeout: 30s",
                               .decode = set_callback_timeout};

constexpr std::array kFlowKeys{
    Key{.name = "if",
        .shapes = kText | kBoolean,
        .accepts = "an expression",
        .description = "Whether it runs at all: false, null and a failed need skip it.",
        .example = "if: .vars.deploy",
        .decode = set_condition,
        .defines = Defines::nothing},
    Key{.name = "matrix",
        .shapes = kMapOfLists,
        .accepts = "a map of names to lists",
        .description = "Runs it for every combination, as `.matrix`; `exclude` and `include` are lists of maps.",
        .example = "matrix: {os: [linux, mac], py: [\"3.11\", \"3.12\"]}",
        .decode = set_matrix,
        .fields = Scope::matrix,
        .alternative = Alternative::at_most_one,
        .defines = Defines::items},
    Key{.name = "foreach",
        .shapes = kMap | kText | kListOfValues,
        .accepts = "a list, an expression, or a map",
        .description = "Runs it for every item of a list that is known when it starts.",
        .example = "foreach: {items: [1, 2, 3], as: page}",
        .decode = set_foreach,
        .fields = Scope::foreach,
        .alternative = Alternative::at_most_one,
        .defines = Defines::items},
    Key{.name = "repeat",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Runs it again until an expression holds; the outputs of the round before are `.previous`.",
        .example = "repeat: {until: .json.done, every: 5s}",
        .decode = set_repeat,
        .fields = Scope::repeat,
        .actions = kRun | kHttp},
    Key{.name = "outputs",
        .shapes = kMapOfStrings | kMapOfMaps,
        .accepts = "a map of names to expressions",
        .description = "What others see of its result: an expression, `{xpath: …}` or `{regex: …}` each.",
        .example = "outputs: {session: .json.session}",
        .decode = set_outputs,
        .fields = Scope::output_rule},
    Key{.name = "on_success",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What is done when it has succeeded.",
        .example = "on_success: {run: ./tell ok}",
        .decode = set_callback<&JobFlow::on_success>,
        .fields = Scope::callback,
        .defines = Defines::nothing},
    Key{.name = "on_failure",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What is done when it has failed.",
        .example = "on_failure: {run: ./tell failed}",
        .decode = set_callback<&JobFlow::on_failure>,
        .fields = Scope::callback,
        .defines = Defines::nothing},
    Key{.name = "finally",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What is done in the end, however it went, also when it is interrupted.",
        .example = "finally: {run: rm -f lock}",
        .decode = set_callback<&JobFlow::finally>,
        .fields = Scope::callback,
        .defines = Defines::nothing},
};

}  // namespace

std::optional<Text> read_expression(Reader& reader, NodeId node) {
  if (reader.is_number(node) || reader.is_null(node)) {
    reader.wrong_type(node, "an expression");
    return std::nullopt;
  }
  auto text = read_scalar(reader, node);
  if (text && text->text.find_first_not_of(" \t\r\n") == std::string::npos) {
    reader.error(node, code::kEmptyValue, reader.where() + " is empty", "write an expression");
    return std::nullopt;
  }
  return text;
}

std::optional<std::vector<OutputRule>> read_outputs(Reader& reader, NodeId node, bool has_result) {
  if (!reader.is_map(node)) {
    reader.wrong_type(node, "a map of names to expressions");
    return std::nullopt;
  }
  std::vector<OutputRule> rules;
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "", pair.name);
    if (!has_result && reader.is_map(pair.value)) {
      reader.error(node, code::kConflict,
                   "`outputs` of the file are expressions: `" + std::string(pair.name) + "` has no result to search");
      continue;
    }
    if (auto rule = read_output_rule(reader, pair)) rules.push_back(*std::move(rule));
  }
  return rules;
}

std::span<const Key> flow_keys() { return kFlowKeys; }
std::span<const Key> output_rule_keys() { return kOutputRuleKeys; }
std::span<const Key> foreach_keys() { return kForeachKeys; }
std::span<const Key> repeat_keys() { return kRepeatKeys; }
const Key& callback_timeout_key() { return kCallbackTimeout; }

}  // namespace corun
