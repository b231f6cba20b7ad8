// Reads jobs, groups of jobs and their actions. Knows nothing of how jobs run.
#include "graph/job_reader.h"

#include <algorithm>

#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/needs.h"
#include "graph/policy_reader.h"
#include "graph/read_values.h"
#include "graph/scalar.h"
#include "graph/written.h"

namespace corun {
namespace {

/// Indices into a scope's table.
std::size_t index_of(Scope scope, std::string_view name) {
  const std::span<const Key> table = keys(scope);
  return static_cast<std::size_t>(std::find_if(table.begin(), table.end(), [&](const Key& key) { return key.name == name; }) -
                                  table.begin());
}

// Takes out a `gather` that is meant for the `foreach` beside it: it names a policy, or has no jobs.
void take_policy_of_items(Reader& reader, KeyValues& values) {
  static const std::size_t gather_index = index_of(Scope::job, "gather");
  static const std::size_t foreach_index = index_of(Scope::job, "foreach");
  const NodeId gather = values[gather_index];
  if (gather == kNoNode || values[foreach_index] == kNoNode) return;
  bool is_group = false;
  if (reader.is_map(gather)) {
    for (const Pair& pair : reader.pairs(gather)) is_group = is_group || pair.name == "jobs";
  }
  if (is_group) return;
  reader.error(gather, code::kConflict, "`gather` beside `foreach` in " + reader.where(),
               "write it like `foreach: {items: …, gather: settled}`");
  values[gather_index] = kNoNode;
}

// The kind of action that a job has; reports none and more than one.
std::uint8_t own_action(Reader& reader, const Job& job, NodeId name_node, const KeyValues& values) {
  std::uint8_t action = kNoActions;
  NodeId first = kNoNode;
  std::string_view first_name;
  const std::span<const Key> table = keys(Scope::job);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (values[i] == kNoNode || table[i].action == kNoActions) continue;
    if (first == kNoNode) {
      first = values[i];
      first_name = table[i].name;
      action = table[i].action;
      continue;
    }
    Diagnostic diagnostic = reader.finding(
        values[i], code::kConflict,
        "job `" + job.name + "` has two actions: `" + std::string(first_name) + "` and `" + std::string(table[i].name) + '`');
    diagnostic.label = "a job has one action";
    diagnostic.help = "make two jobs of it, or a `gather`";
    diagnostic.notes.push_back(reader.note(first, quoted(first_name) + " is here"));
    reader.report(std::move(diagnostic));
  }
  if (first == kNoNode) {
    reader.error(name_node, code::kNoAction, "job `" + job.name + "` has no action",
                 "add one of: run, http, sql, gather, graph, sleep");
  }
  return action;
}

// The kind of action that a fallback has.
std::uint8_t fallback_action(Reader& reader, NodeId node) {
  std::uint8_t action = kNoActions;
  if (node == kNoNode || !reader.is_map(node)) return action;
  for (const Pair& pair : reader.pairs(node)) {
    for (const Key& key : keys(Scope::fallback)) {
      if (key.name == pair.name) action |= key.action;
    }
  }
  return static_cast<std::uint8_t>(action & kAnyAction);
}

std::unique_ptr<Action> read_fallback(Reader& reader, NodeId node, const JobSettings& settings) {
  const Reader::Within within(reader, keys(Scope::job)[index_of(Scope::job, "fallback")]);
  FallbackDraft draft{{}, settings};
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::fallback, &draft);
  if (reader.errors() != errors) return nullptr;
  check_one_action(reader, node, Scope::fallback);
  return std::make_unique<Action>(std::move(draft.action));
}

// What the defaults come to for a job of these kinds of action.
const JobSettings& settings_from_defaults(Reader& reader, std::uint8_t own, std::uint8_t with_fallback) {
  LoadState& state = reader.state();
  const unsigned kinds = own | static_cast<unsigned>(with_fallback) << 8U;
  if (const auto found = state.default_settings.find(kinds); found != state.default_settings.end()) return found->second;
  JobSettings settings;
  if (state.defaults != kNoNode) {
    reader.set_reading_defaults(true);
    reader.set_actions(own, with_fallback);
    const std::span<const Key> table = keys(Scope::defaults);
    for (std::size_t i = 0; i < table.size(); ++i) {
      // A gather's members have the defaults; twice would multiply attempts and hold limits while waiting for them. The jobs of
      // a graph have those of their file.
      const bool wanted = (own & kGroups) == 0 || own == kAnyAction || table[i].for_fallback;
      if (state.default_values[i] != kNoNode && wanted) reader.decode(table[i], state.default_values[i], &settings);
    }
    reader.set_reading_defaults(false);
    settings.digest = digest_of(reader, Scope::defaults, state.default_values, with_fallback, Defines::result);
    if (settings.has_process) settings.shared_process = std::make_shared<const ProcessOptions>(settings.process);
  }
  return state.default_settings.emplace(kinds, std::move(settings)).first->second;
}

// The policies of jobs that say the same of them are one object.
std::string policies_written(Reader& reader, const KeyValues& values, std::uint8_t own, std::uint8_t with_fallback,
                             bool is_callback) {
  std::string written{static_cast<char>(own), static_cast<char>(with_fallback), static_cast<char>(is_callback)};
  const std::span<const Key> table = keys(Scope::job);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!table[i].is_policy || values[i] == kNoNode) continue;
    written += static_cast<char>('A' + i);
    append_written(written, reader, values[i]);
  }
  return written;
}

// Appends a breaker written inside the job to the file's, under the job's name.
void add_inline_breaker(Reader& reader, JobDraft& draft) {
  LoadState& state = reader.state();
  const std::string& name = draft.job.name;
  if (const auto found = state.breaker_ids.find(name); found != state.breaker_ids.end()) {
    Diagnostic diagnostic;
    diagnostic.code = code::kConflict;
    diagnostic.message = "the breaker inside job `" + name + "` has the job's name, which another breaker has already";
    diagnostic.place = draft.settings.breaker_place;
    diagnostic.notes.push_back(reader.note(found->second.node, "breaker `" + name + "` is here"));
    reader.report(std::move(diagnostic));
  }
  draft.settings.policies.breaker = static_cast<std::uint32_t>(state.share.breakers.size());
  state.share.breakers.push_back({name, draft.settings.breaker_place, *draft.settings.inline_breaker});
}

void set_policies(Reader& reader, JobDraft& draft, std::string written, bool without_errors) {
  if (draft.settings.inline_breaker) add_inline_breaker(reader, draft);
  auto policies = std::make_shared<const Policies>(std::move(draft.settings.policies));
  if (without_errors && !draft.settings.inline_breaker) reader.state().policies.emplace(std::move(written), policies);
  draft.job.policies = std::move(policies);
}

// What goes to the terminal and comes from it isn't corun's to give or keep.
void check_tty(Reader& reader, const KeyValues& values, const Job& job) {
  if (!job.process || !job.process->tty) return;
  for (const std::string_view key : {"stdin", "output", "idle_timeout", "cache"}) {
    const NodeId value = values[index_of(Scope::job, key)];
    if (value == kNoNode) continue;
    reader.error(value, code::kConflict, quoted(key) + " beside `tty` in " + reader.where(),
                 "its process reads and writes the terminal: corun doesn't see that");
  }
}

// A key of a job that stands where jobs do is one of the job above, which then is empty, and isn't indented far enough.
void not_a_job(Reader& reader, NodeId node, const Siblings& siblings, std::string_view name) {
  const std::span<const Key> table = keys(Scope::job);
  const bool is_key = std::any_of(table.begin(), table.end(), [&](const Key& key) { return key.name == name; });
  reader.wrong_type(node, "a map with an action",
                    is_key && !siblings.empty.empty() ? "if it belongs to `" + std::string(siblings.empty) + "`, indent it"
                                                      : "write it like `" + std::string(name) + ": {run: echo hello}`");
}

void read_job(Reader& reader, NodeId node, JobIndex index, const Siblings& siblings, Job& job) {
  const Reader::Within within(reader, "job", job.name);
  const bool is_callback = reader.state().reading_callbacks;
  job.id = reader.state().share.next_id++;
  job.parent = reader.state().group_owner;
  if (!reader.is_map(node)) return not_a_job(reader, node, siblings, siblings.names[index]);
  static const std::size_t fallback_index = index_of(Scope::job, "fallback");
  static const std::size_t default_fallback_index = index_of(Scope::defaults, "fallback");
  const std::size_t errors = reader.errors();
  KeyValues values = reader.match(node, Scope::job);
  take_policy_of_items(reader, values);
  std::uint8_t own = own_action(reader, job, siblings.nodes[index], values);
  if (own == kNoActions) own = kAnyAction;
  NodeId fallback = values[fallback_index];
  if (fallback == kNoNode && (own == kAnyAction || (own & kGroups) == 0) && reader.state().defaults != kNoNode)
    fallback = reader.state().default_values[default_fallback_index];
  const auto with_fallback = static_cast<std::uint8_t>(own | fallback_action(reader, fallback));
  JobDraft draft(job, index, siblings, settings_from_defaults(reader, own, with_fallback));
  std::string written = policies_written(reader, values, own, with_fallback, is_callback);
  const auto known = reader.state().policies.find(written);
  const bool same_policies = known != reader.state().policies.end() && own != kGraph;  // whose file may have a timeout
  if (same_policies) job.policies = known->second;

  bool own_process = false;
  reader.state().reading_callbacks = false;
  const std::span<const Key> table = keys(Scope::job);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Key& key = table[i];
    if (values[i] == kNoNode || (key.is_policy && same_policies)) continue;
    own_process = own_process || (key.for_fallback && !key.is_policy);
    // Inside a gather other jobs are read, with actions of their own.
    reader.set_actions(own, with_fallback);
    reader.state().group_owner = job.id;  // of what is read inside
    reader.decode(key, values[i], key.in_defaults ? static_cast<void*>(&draft.settings) : &draft);
  }
  reader.state().group_owner = job.parent;
  job.digest = draft.settings.digest ^ digest_of(reader, Scope::job, values, kAnyAction, Defines::result);
  if (job.flow && job.flow->foreach) {
    job.flow->foreach->digest = digest_of(reader, Scope::job, values, kAnyAction, Defines::items);
  }
  reader.state().reading_callbacks = is_callback;
  // Nothing else ends what nobody can interrupt.
  if (std::optional<Duration>& timeout = draft.settings.policies.timeout; is_callback && !timeout) timeout = Callback{}.timeout;
  if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action); graph != nullptr && (*graph)->file->timeout) {
    std::optional<Duration>& total = draft.settings.policies.total_timeout;
    total = std::min(total.value_or(Duration::max()), *(*graph)->file->timeout);
  }
  reader.set_actions(own, with_fallback);
  if (!same_policies) set_policies(reader, draft, std::move(written), reader.errors() == errors);
  job.continue_on_error = draft.settings.continue_on_error;
  if (draft.settings.has_process) {
    job.process =
        own_process ? std::make_shared<const ProcessOptions>(std::move(draft.settings.process)) : draft.settings.shared_process;
  }
  static const std::size_t cache_index = index_of(Scope::job, "cache");
  if (values[cache_index] != kNoNode && job.policies->cache) check_cache(reader, values[cache_index], job);
  check_tty(reader, values, job);
  static const std::size_t hedge_index = index_of(Scope::job, "hedge");
  if (values[hedge_index] != kNoNode && job.policies->hedge) check_hedge(reader, values[hedge_index], job);
  if (draft.settings.fallback != kNoNode) job.fallback = read_fallback(reader, draft.settings.fallback, draft.settings);
  reader.set_actions(kAnyAction, kAnyAction);
}

}  // namespace

void check_one_action(Reader& reader, NodeId node, Scope scope) {
  std::vector<Pair> actions = reader.pairs(node);
  std::erase_if(actions, [](const Pair& pair) { return pair.name == callback_timeout_key().name; });
  if (actions.empty()) {
    const bool fallback = scope == Scope::fallback;
    reader.error(node, code::kNoAction, reader.where() + (reader.document().size(node) == 0 ? " is empty" : " has no action"),
                 fallback ? "add one of: run, http, sql, sleep, output" : "add one of: run, http, sql, sleep");
  } else if (actions.size() > 1) {
    Diagnostic diagnostic = reader.finding(actions[1].key, code::kConflict, reader.where() + " has two actions");
    diagnostic.notes.push_back(reader.note(actions[0].key, quoted(actions[0].name) + " is here"));
    reader.report(std::move(diagnostic));
  }
}

namespace {

// Whether a program's name is rather a command with arguments: "make all", but neither "/opt/my tool" nor an expression.
bool looks_like_command(std::string_view program) {
  return program.find(' ') != std::string_view::npos && program.find('/') > program.find(' ') &&
         program.find("${{") == std::string_view::npos;
}

}  // namespace

std::unique_ptr<RunSpec> read_run(Reader& reader, NodeId node) {
  auto spec = std::make_unique<RunSpec>();
  if (reader.is_list(node)) {
    spec->argv.reserve(reader.document().size(node));
    for (const NodeId item : reader.items(node)) {
      if (auto word = read_scalar(reader, item)) spec->argv.push_back(*std::move(word));
    }
    if (reader.document().size(node) == 0) {
      reader.error(node, code::kEmptyValue, reader.where() + " is an empty list", "name a program");
    } else if (!spec->argv.empty() && spec->argv.front().text.empty()) {
      reader.error(node, code::kEmptyValue, "the program's name is empty in " + reader.where());
    } else if (!spec->argv.empty() && looks_like_command(spec->argv.front().text)) {
      reader.error(node, code::kListOfCommands, "no program is called " + quoted(spec->argv.front().text) + ", most likely",
                   "a list is one program with its arguments",
                   "write several commands as a script: `run: |`, and a line for each");
    }
    return spec;
  }
  if (!reader.is_scalar(node)) {
    reader.wrong_type(node, "a script, or a list of arguments");
    return spec;
  }
  auto script = read_text(reader, node);
  if (!script) return spec;
  spec->script = *std::move(script);
  if (spec->script.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    reader.error(node, code::kEmptyValue, reader.where() + " is empty", "write a command");
  }
  return spec;
}

void read_group(Reader& reader, NodeId map, std::string_view prefix, JobGroup& group) {
  if (!reader.is_map(map)) return reader.wrong_type(map, "a map of names to jobs");
  const std::vector<Pair> pairs = reader.pairs(map);
  Siblings siblings;
  siblings.indices.reserve(pairs.size());
  siblings.names.reserve(pairs.size());
  siblings.nodes.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    siblings.indices.emplace(pair.name, static_cast<JobIndex>(siblings.names.size()));
    siblings.names.push_back(pair.name);
    siblings.nodes.push_back(pair.key);
    if (is_job_name(pair.name)) continue;
    reader.error(pair.key, code::kBadName, quoted(pair.name) + " can't be the name of a job",
                 "letters, digits, `_`, `.` and `-`, a letter or `_` first, at most 200");
  }
  group.jobs.resize(pairs.size());
  for (JobIndex i = 0; i < pairs.size(); ++i) {
    Job& job = group.jobs[i];
    job.name.reserve(prefix.size() + pairs[i].name.size());
    job.name.append(prefix).append(pairs[i].name);
    job.place = reader.place(pairs[i].key);
    read_job(reader, pairs[i].value, i, siblings, job);
    if (reader.is_null(pairs[i].value)) siblings.empty = pairs[i].name;
  }
  check_cycles(reader, group, siblings);
}

void read_defaults(Reader& reader, NodeId node) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map");
  LoadState& state = reader.state();
  state.default_values = reader.match(node, Scope::defaults);
  state.defaults = node;
  // Read once for what is wrong with them, whatever the jobs are; then again for each kind of job.
  reader.set_reading_defaults(true);
  JobSettings settings;
  const std::span<const Key> table = keys(Scope::defaults);
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (state.default_values[i] != kNoNode) reader.decode(table[i], state.default_values[i], &settings);
  }
  reader.set_reading_defaults(false);
  if (settings.fallback != kNoNode) read_fallback(reader, settings.fallback, settings);
  state.file.defaults = std::make_shared<const Policies>(std::move(settings.policies));
}

}  // namespace corun
