// The key table of jobs, without what their actions hold. Knows nothing of how jobs run.
#include <algorithm>
#include <array>

#include "graph/action_reader.h"
#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/needs.h"
#include "graph/policy_reader.h"
#include "graph/read_values.h"

namespace corun {
namespace {

template <auto member, auto read>
void set_policy(Reader& reader, NodeId node, void* target) {
  set<member, read>(reader, node, &static_cast<JobSettings*>(target)->policies);
}

template <auto member, Scope scope>
void set_policy_map(Reader& reader, NodeId node, void* target) {
  set_map<member, scope>(reader, node, &static_cast<JobSettings*>(target)->policies);
}

void set_expect(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map", "write it like `expect: {status: 200}`");
  set_policy_map<&Policies::expect, Scope::expect>(reader, node, target);
}

void set_idempotent(Reader& reader, NodeId node, void* target) {
  set<&RetrySettings::idempotent, read_boolean>(reader, node, &static_cast<JobSettings*>(target)->policies.retry);
}

ProcessOptions& process_of(void* target) {
  auto& settings = *static_cast<JobSettings*>(target);
  settings.has_process = true;
  return settings.process;
}

template <auto member, auto read>
void set_process(Reader& reader, NodeId node, void* target) {
  set<member, read>(reader, node, &process_of(target));
}

void set_env(Reader& reader, NodeId node, void* target) {
  auto entries = read_environment(reader, node);
  if (!entries) return;
  std::vector<NamedText>& env = process_of(target).env;
  const std::size_t inherited = env.size();
  env.reserve(inherited + entries->size());
  for (NamedText& entry : *entries) {
    const auto end = env.begin() + static_cast<std::ptrdiff_t>(inherited);
    const auto same = std::find_if(env.begin(), end, [&](const NamedText& other) { return other.name == entry.name; });
    (same != end ? *same : env.emplace_back()) = std::move(entry);
  }
}

// A job's own, never of the defaults.
void set_tty(Reader& reader, NodeId node, void* target) {
  set<&ProcessOptions::tty, read_boolean>(reader, node, &process_of(&static_cast<JobDraft*>(target)->settings));
}

void set_output(Reader& reader, NodeId node, void* target) { reader.read_map(node, Scope::output, &process_of(target)); }

std::optional<std::vector<std::string>> read_shell(Reader& reader, NodeId node) {
  auto words = read_strings(reader, node);
  if (words && reader.is_scalar(node) && reader.text(node).find(' ') != std::string_view::npos) {
    reader.error(node, code::kBadFormat, "a shell with arguments is a list for " + reader.where(),
                 "such as `shell: [bash, -eu, -c]`");
    return std::nullopt;
  }
  return words;
}

void set_fallback(Reader&, NodeId node, void* target) { static_cast<JobSettings*>(target)->fallback = node; }

JobNotes& notes_of(void* target) {
  Job& job = static_cast<JobDraft*>(target)->job;
  if (!job.notes) job.notes = std::make_unique<JobNotes>();
  return *job.notes;
}

template <auto member, auto read>
void set_note(Reader& reader, NodeId node, void* target) {
  set<member, read>(reader, node, &notes_of(target));
}

constexpr std::string_view kDurationText = "a duration";

constexpr std::array kJobKeys{
    Key{.name = "run",
        .shapes = kText | kScalarList,
        .accepts = "a script, or a list of arguments",
        .description = "Runs a program: a text is a shell script, a list is executed as it is.",
        .example = "run: [echo, hello]",
        .decode = decode_run,
        .alternative = Alternative::exactly_one,
        .action = kRun},
    Key{.name = "http",
        .shapes = kText | kMap,
        .accepts = "a URL, or a map",
        .description = "Makes an HTTP request.",
        .example = "http: https://example.com/",
        .decode = decode_http,
        .fields = Scope::http,
        .alternative = Alternative::exactly_one,
        .action = kHttp},
    Key{.name = "sql",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Runs one statement of SQL in PostgreSQL.",
        .example = "sql: {dsn: \"postgresql://db.example.com/shop\", query: select 1}",
        .decode = decode_sql,
        .fields = Scope::sql,
        .alternative = Alternative::exactly_one,
        .action = kSql},
    Key{.name = "gather",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Runs a group of jobs as one.",
        .example = "gather: {policy: any, jobs: {a: {run: \"true\"}}}",
        .decode = decode_gather,
        .fields = Scope::gather,
        .alternative = Alternative::exactly_one,
        .action = kGather},
    Key{.name = "graph",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Runs another job file as one job; the file's outputs are the job's.",
        .example = "graph: {file: deploy.yaml}",
        .decode = decode_graph,
        .fields = Scope::graph,
        .alternative = Alternative::exactly_one,
        .action = kGraph},
    Key{.name = "sleep",
        .shapes = kDuration,
        .accepts = kDurationText,
        .description = "Does nothing for a while.",
        .example = "sleep: 1s",
        .decode = decode_sleep,
        .alternative = Alternative::exactly_one,
        .action = kSleep},
    Key{.name = "needs",
        .shapes = kString | kStringList | kMapOfChoices,
        .accepts = "names of jobs",
        .description = "The jobs that must have succeeded before; a map names another condition.",
        .example = "needs: [build, test]",
        .decode = decode_needs,
        .choices = "succeeded|failed|done",
        .defines = Defines::nothing},
    Key{.name = "join",
        .shapes = kChoice | kMap,
        .accepts = "all, any or a quorum",
        .default_text = "all",
        .description = "How many of the needs must hold.",
        .example = "join: {quorum: 2}",
        .decode = decode_join,
        .choices = "all|any",
        .fields = Scope::join,
        .defines = Defines::nothing},
    Key{.name = "timeout",
        .shapes = kDuration,
        .accepts = kDurationText,
        .description = "The longest that one attempt may take.",
        .example = "timeout: 30s",
        .decode = set_policy<&Policies::timeout, read_positive_duration>,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "total_timeout",
        .shapes = kDuration,
        .accepts = kDurationText,
        .description = "The longest that the job may take: every attempt, pause and wait.",
        .example = "total_timeout: 5m",
        .decode = set_policy<&Policies::total_timeout, read_positive_duration>,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "queue_timeout",
        .shapes = kDuration,
        .accepts = kDurationText,
        .description = "The longest that an attempt may wait for its limits.",
        .example = "queue_timeout: 10s",
        .decode = set_policy<&Policies::queue_timeout, read_positive_duration>,
        .actions = kRun | kHttp | kSql | kSleep,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "idle_timeout",
        .shapes = kDuration,
        .accepts = kDurationText,
        .description = "The longest without a byte of output or response.",
        .example = "idle_timeout: 10s",
        .decode = set_policy<&Policies::idle_timeout, read_positive_duration>,
        .actions = kRun | kHttp,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "connect_timeout",
        .shapes = kDuration,
        .accepts = kDurationText,
        .description = "The longest until a connection is up.",
        .example = "connect_timeout: 3s",
        .decode = set_policy<&Policies::connect_timeout, read_positive_duration>,
        .actions = kHttp | kSql,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "retry",
        .shapes = kInteger | kMap,
        .accepts = "a number of attempts, or a map",
        .default_text = "1",
        .description = "How often and when a failed attempt is tried again.",
        .example = "retry: 3",
        .decode = decode_retry,
        .fields = Scope::retry,
        .range = {1, kMostCount},
        .actions = kRun | kHttp | kSql | kGather | kGraph,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "idempotent",
        .shapes = kBoolean,
        .accepts = "true or false",
        .description = "Whether it may be done twice; else a request's method decides, and SQL may not.",
        .example = "idempotent: true",
        .decode = set_idempotent,
        .actions = kRun | kHttp | kSql,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "hedge",
        .shapes = kMap,
        .accepts = "a map",
        .description = "One more attempt beside one that takes long; the first success counts. Only of what may be done twice.",
        .example = "hedge: {after: 300ms}",
        .decode = decode_hedge,
        .fields = Scope::hedge,
        .actions = kRun | kHttp | kSql,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "breaker",
        .shapes = kString | kMap,
        .accepts = "a breaker's name, or a map",
        .description = "The circuit breaker that guards it: one of the file's, or one of its own.",
        .example = "breaker: {open_for: 1m}",
        .decode = decode_breaker,
        .fields = Scope::breaker,
        .actions = kRun | kHttp | kSql,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "limit",
        .shapes = kString | kStringList,
        .accepts = "names of limits",
        .description = "The limits that it counts against.",
        .example = "limit: api",
        .decode = decode_limit,
        .actions = kRun | kHttp | kSql | kSleep,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "cache",
        .shapes = kMap,
        .accepts = "a map",
        .description = "Keeps what it came to: while its command and inputs are the same, it isn't run again.",
        .example = "cache: {ttl: 1h, inputs: [\"src/**/*.c\"]}",
        .decode = decode_cache,
        .fields = Scope::cache,
        .actions = kRun | kHttp,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "expect",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What counts as success.",
        .example = "expect: {max_time: 2s}",
        .decode = set_expect,
        .fields = Scope::expect,
        .actions = kRun | kHttp | kSql,
        .in_defaults = true,
        .is_policy = true},
    Key{.name = "stop",
        .shapes = kMap,
        .accepts = "a map",
        .description = "How its process is ended.",
        .example = "stop: {signal: INT}",
        .decode = set_policy_map<&Policies::stop, Scope::stop>,
        .fields = Scope::stop,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true,
        .is_policy = true,
        .defines = Defines::nothing},
    Key{.name = "fallback",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What is done instead when it has failed; the job ends degraded.",
        .example = "fallback: {output: []}",
        .decode = set_fallback,
        .fields = Scope::fallback,
        .in_defaults = true},
    Key{.name = "continue_on_error",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "false",
        .description = "Whether what needs it goes on although it failed.",
        .example = "continue_on_error: true",
        .decode = set<&JobSettings::continue_on_error, read_boolean>,
        .in_defaults = true,
        .defines = Defines::nothing},
    Key{.name = "dotenv",
        .shapes = kString | kStringList,
        .accepts = "a path or a list of paths",
        .description = "Files of KEY=VALUE lines: environment of its process, below `env`.",
        .example = "dotenv: .env",
        .decode = set_process<&ProcessOptions::dotenv, read_strings>,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true},
    Key{.name = "env",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "Environment of its process.",
        .example = "env: {LANG: C}",
        .decode = set_env,
        .names = Names::variables,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true},
    Key{.name = "working_dir",
        .shapes = kText,
        .accepts = "a path",
        .description = "Directory of its process.",
        .example = "working_dir: build",
        .decode = set_process<&ProcessOptions::working_dir, read_text>,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true},
    Key{.name = "stdin",
        .shapes = kText,
        .accepts = "a string",
        .description = "Standard input of its process.",
        .example = "stdin: hello",
        .decode = set_process<&ProcessOptions::stdin_text, read_text>,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true},
    Key{.name = "tty",
        .shapes = kBoolean,
        .accepts = "true or false",
        .default_text = "false",
        .description = "Whether its process has the terminal for itself while it runs.",
        .example = "tty: true",
        .decode = set_tty,
        .actions = kRun,
        .for_fallback = true},
    Key{.name = "shell",
        .shapes = kString | kStringList,
        .accepts = "a program, or a list of arguments",
        .default_text = "[sh, -eu, -c]",
        .description = "What executes a script; a list gets the script as its last argument.",
        .example = "shell: bash",
        .decode = set_process<&ProcessOptions::shell, read_shell>,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true},
    Key{.name = "output",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What is kept of its output.",
        .example = "output: {max: 64KiB}",
        .decode = set_output,
        .fields = Scope::output,
        .actions = kRun,
        .for_fallback = true,
        .in_defaults = true},
    Key{.name = "description",
        .shapes = kString,
        .accepts = "a string",
        .description = "What it is for.",
        .example = "description: Nightly",
        .decode = set_note<&JobNotes::description, read_string>,
        .defines = Defines::nothing},
    Key{.name = "tags",
        .shapes = kString | kStringList,
        .accepts = "a string or a list of strings",
        .description = "Words to select jobs by.",
        .example = "tags: [slow, db]",
        .decode = set_note<&JobNotes::tags, read_strings>,
        .defines = Defines::nothing},
};

}  // namespace

std::span<const Key> job_keys() { return kJobKeys; }

}  // namespace corun
