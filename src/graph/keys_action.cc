// The key tables of gathers and fallbacks, and how actions are read into jobs. Knows nothing of how jobs run.
#include <array>

#include "graph/action_reader.h"
#include "graph/error_codes.h"
#include "graph/flow_reader.h"
#include "graph/http_reader.h"
#include "graph/job_reader.h"
#include "graph/load_state.h"
#include "graph/read_values.h"
#include "graph/sql_reader.h"

namespace corun {
namespace {

constexpr std::array<Choice<GatherPolicy>, 5> kGatherPolicies{{{"all", GatherPolicy::all},
                                                               {"settled", GatherPolicy::settled},
                                                               {"any", GatherPolicy::any},
                                                               {"race", GatherPolicy::race},
                                                               {"quorum", GatherPolicy::quorum}}};
constexpr std::array<Choice<bool>, 2> kOnFailure{{{"cancel", false}, {"continue", true}}};
constexpr std::array<Choice<bool>, 2> kOrders{{{"declaration", false}, {"completion", true}}};

/// A gather being read.
struct GatherDraft {
  GatherSpec spec;
  std::string prefix;
  bool has_on_failure = false;
};

void set_members(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<GatherDraft*>(target);
  draft.spec.group = std::make_unique<JobGroup>();
  read_group(reader, node, draft.prefix, *draft.spec.group);
}

template <auto member, auto read>
void set_gather(Reader& reader, NodeId node, void* target) {
  set<member, read>(reader, node, &static_cast<GatherDraft*>(target)->spec);
}

void set_on_failure(Reader& reader, NodeId node, void* target) {
  set_gather<&GatherSpec::continue_on_failure, read_choice<kOnFailure>>(reader, node, target);
  static_cast<GatherDraft*>(target)->has_on_failure = true;
}

// What doesn't depend on the members.
void check_policy(Reader& reader, NodeId node, const GatherDraft& draft) {
  const GatherSpec& spec = draft.spec;
  if (spec.policy == GatherPolicy::quorum && spec.quorum == 0) {
    reader.error(node, code::kQuorum, "the policy `quorum` needs `n` in " + reader.where());
  } else if (spec.policy != GatherPolicy::quorum && spec.quorum != 0) {
    reader.error(node, code::kIneffective, "`n` is for the policy `quorum` in " + reader.where());
  }
  if (draft.has_on_failure && spec.policy != GatherPolicy::all) {
    reader.error(node, code::kIneffective, "`on_failure` is for the policy `all` in " + reader.where());
  }
}

void check_gather(Reader& reader, NodeId node, const GatherDraft& draft) {
  const GatherSpec& spec = draft.spec;
  const std::size_t members = spec.group ? spec.group->jobs.size() : 0;
  const bool needs_members =
      spec.policy == GatherPolicy::any || spec.policy == GatherPolicy::race || spec.policy == GatherPolicy::quorum;
  if (needs_members && members == 0) {
    reader.error(node, code::kEmptyGather, reader.where() + " has no members: its policy can't be met", {},
                 "only `all` and `settled` may be empty");
    return;
  }
  if (spec.policy == GatherPolicy::quorum && spec.quorum > members) {
    reader.error(node, code::kQuorum,
                 reader.where() + " wants " + std::to_string(spec.quorum) + " of its " + std::to_string(members) + " members");
  }
  check_policy(reader, node, draft);
}

template <typename Draft>
Action& action_of(Draft& draft) {
  if constexpr (std::is_same_v<Draft, JobDraft>) {
    return draft.job.action;
  } else {
    return draft.action;
  }
}

template <typename Draft>
void decode_run_into(Reader& reader, NodeId node, void* target) {
  action_of(*static_cast<Draft*>(target)) = read_run(reader, node);
}

void decode_fallback_http(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<FallbackDraft*>(target);
  draft.action = read_http(reader, node, draft.settings.http.get());
}

void decode_fallback_sql(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<FallbackDraft*>(target);
  draft.action = read_sql(reader, node, draft.settings.sql_dsn);
}

template <typename Draft>
void decode_sleep_into(Reader& reader, NodeId node, void* target) {
  if (const auto duration = read_duration(reader, node)) action_of(*static_cast<Draft*>(target)) = SleepSpec{*duration};
}

void decode_output_value(Reader& reader, NodeId node, void* target) {
  auto spec = std::make_unique<OutputSpec>();
  if (auto value = read_value(reader, node)) spec->value = *std::move(value);
  static_cast<FallbackDraft*>(target)->action = std::move(spec);
}

constexpr std::array kGatherKeys{
    Key{.name = "policy",
        .shapes = kChoice,
        .accepts = "a policy",
        .default_text = "all",
        .description = "When the group is decided.",
        .example = "policy: settled",
        .decode = set_gather<&GatherSpec::policy, read_choice<kGatherPolicies>>,
        .choices = words_of<kGatherPolicies>},
    Key{.name = "n",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .description = "Members that must succeed, of a quorum.",
        .example = "n: 2",
        .decode = set_gather<&GatherSpec::quorum, read_count>,
        .range = {1, kMostCount}},
    Key{.name = "on_failure",
        .shapes = kChoice,
        .accepts = "a choice",
        .default_text = "cancel",
        .description = "What happens to the others when a member of `all` fails.",
        .example = "on_failure: continue",
        .decode = set_on_failure,
        .choices = words_of<kOnFailure>},
    Key{.name = "order",
        .shapes = kChoice,
        .accepts = "an order",
        .default_text = "declaration",
        .description = "Order of the results.",
        .example = "order: completion",
        .decode = set_gather<&GatherSpec::completion_order, read_choice<kOrders>>,
        .choices = words_of<kOrders>},
    Key{.name = "jobs",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to jobs",
        .description = "The members.",
        .example = "jobs: {a: {run: \"true\"}}",
        .decode = set_members,
        .fields = Scope::job,
        .names = Names::jobs,
        .required = true},
};

constexpr std::array kFallbackKeys{
    Key{.name = "run",
        .shapes = kText | kScalarList,
        .accepts = "a script, or a list of arguments",
        .description = "Runs a program.",
        .example = "run: cat last.json",
        .decode = decode_run_into<FallbackDraft>,
        .alternative = Alternative::exactly_one,
        .action = kRun},
    Key{.name = "http",
        .shapes = kText | kMap,
        .accepts = "a URL, or a map",
        .description = "Makes an HTTP request.",
        .example = "http: https://example.com/",
        .decode = decode_fallback_http,
        .fields = Scope::http,
        .alternative = Alternative::exactly_one,
        .action = kHttp},
    Key{.name = "sql",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Runs one statement of SQL.",
        .example = "sql: {dsn: \"postgresql://db.example.com/shop\", query: select 1}",
        .decode = decode_fallback_sql,
        .fields = Scope::sql,
        .alternative = Alternative::exactly_one,
        .action = kSql},
    Key{.name = "sleep",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "Does nothing for a while.",
        .example = "sleep: 1s",
        .decode = decode_sleep_into<FallbackDraft>,
        .alternative = Alternative::exactly_one,
        .action = kSleep},
    Key{.name = "output",
        .shapes = kAnyValue,
        .accepts = "any value",
        .description = "Runs nothing: the value is the result.",
        .example = "output: {items: []}",
        .decode = decode_output_value,
        .alternative = Alternative::exactly_one,
        .action = kValue},
};

}  // namespace

void decode_run(Reader& reader, NodeId node, void* target) { decode_run_into<JobDraft>(reader, node, target); }

void decode_http(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<JobDraft*>(target);
  draft.job.action = read_http(reader, node, draft.settings.http.get());
}

void decode_sql(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<JobDraft*>(target);
  draft.job.action = read_sql(reader, node, draft.settings.sql_dsn);
}

void decode_gather(Reader& reader, NodeId node, void* target) {
  Job& job = static_cast<JobDraft*>(target)->job;
  GatherDraft draft;
  draft.prefix = job.name + '/';
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::gather, &draft);
  if (reader.errors() == errors) check_gather(reader, node, draft);
  job.action = std::make_unique<GatherSpec>(std::move(draft.spec));
}

bool read_gather_policy(Reader& reader, NodeId node, GatherSpec& spec) {
  GatherDraft draft;
  const std::size_t errors = reader.errors();
  if (reader.is_map(node)) {
    reader.read_map(node, Scope::foreach_gather, &draft);
  } else if (const auto policy = read_choice<kGatherPolicies>(reader, node)) {
    draft.spec.policy = *policy;
  }
  if (reader.errors() == errors) check_policy(reader, node, draft);
  if (reader.errors() != errors) return false;
  spec = std::move(draft.spec);
  return true;
}

void decode_sleep(Reader& reader, NodeId node, void* target) { decode_sleep_into<JobDraft>(reader, node, target); }

std::span<const Key> gather_keys() { return kGatherKeys; }
std::span<const Key> fallback_keys() { return kFallbackKeys; }

}  // namespace corun
