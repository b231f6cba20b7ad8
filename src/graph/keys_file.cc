// The key table of the top level. Knows nothing of jobs.
#include <array>
#include <utility>

#include "graph/cron_reader.h"
#include "graph/error_codes.h"
#include "graph/flow_reader.h"
#include "graph/job_reader.h"
#include "graph/load_state.h"
#include "graph/policy_reader.h"
#include "graph/read_values.h"

namespace corun {
namespace {

template <auto member, auto read>
void set_file(Reader& reader, NodeId node, void* target) {
  set<member, read>(reader, node, &static_cast<LoadState*>(target)->file);
}

void check_version(Reader& reader, NodeId node, void*) {
  if (!reader.is_scalar(node) || !reader.is_number(node)) return reader.wrong_type(node, "the number 1");
  if (reader.text(node) == "1") return;
  reader.error(node, code::kVersion, "version " + std::string(reader.text(node)) + " of the format is unknown",
               "this corun reads `version: 1`");
}

void set_vars(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map of names to values");
  auto& vars = static_cast<LoadState*>(target)->file.vars;
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "", pair.name);
    if (auto value = read_value(reader, pair.value)) vars.emplace(pair.name, *std::move(value));
  }
}

void set_secret_source(Reader& reader, NodeId node, SecretSource& secret, bool is_file) {
  auto source = read_string(reader, node);
  if (!source) return;
  if (source->empty()) return reader.error(node, code::kEmptyValue, reader.where() + " is empty");
  if (!secret.source.empty()) {
    return reader.error(node, code::kConflict, "`env` and `file` in " + reader.where(), "a secret has one source");
  }
  secret.is_file = is_file;
  secret.source = *std::move(source);
}

template <bool is_file>
void set_secret_from(Reader& reader, NodeId node, void* target) {
  set_secret_source(reader, node, *static_cast<SecretSource*>(target), is_file);
}

constexpr std::array kSecretKeys{
    Key{.name = "env",
        .shapes = kString,
        .accepts = "a variable's name",
        .description = "The variable of the environment that holds it.",
        .example = "env: API_TOKEN",
        .decode = set_secret_from<false>,
        .alternative = Alternative::exactly_one},
    Key{.name = "file",
        .shapes = kString,
        .accepts = "a path",
        .description = "The file that holds it, without the line end at its end.",
        .example = "file: /run/secrets/token",
        .decode = set_secret_from<true>,
        .alternative = Alternative::exactly_one},
};

void set_secrets(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map of names to sources");
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "secret", pair.name);
    SecretSource secret;
    secret.name = pair.name;
    secret.place = reader.place(pair.key);
    if (!reader.is_map(pair.value)) {
      reader.wrong_type(pair.value, "where it comes from", "write it like `{env: API_TOKEN}` or `{file: path}`");
      continue;
    }
    const std::size_t errors = reader.errors();
    reader.read_map(pair.value, Scope::secret, &secret);
    if (reader.errors() == errors && secret.source.empty()) {
      reader.error(pair.value, code::kMissingKey, reader.where() + " has no source", "write it like `{env: API_TOKEN}`");
    }
    static_cast<LoadState*>(target)->file.secrets.push_back(std::move(secret));
  }
}

void set_defaults(Reader& reader, NodeId node, void*) { read_defaults(reader, node); }

void set_jobs(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map of names to jobs");
  if (reader.document().size(node) == 0) {
    reader.error(node, code::kEmptyValue, "`jobs` is empty", "add a job such as `hello: {run: echo hello}`");
    return;
  }
  auto& state = *static_cast<LoadState*>(target);
  read_group(reader, node, state.prefix, state.file.top);
}

void set_outputs(Reader& reader, NodeId node, void* target) {
  if (auto rules = read_outputs(reader, node, false)) static_cast<LoadState*>(target)->file.outputs = *std::move(rules);
}

// Jobs that run when all others are over; they are no part of what is counted.
template <auto group>
void set_callbacks(Reader& reader, NodeId node, void* target) {
  auto& state = *static_cast<LoadState*>(target);
  constexpr bool on_success = group == &JobFile::on_success;
  constexpr bool on_failure = group == &JobFile::on_failure;
  const std::uint32_t owner = std::exchange(state.group_owner, state.includer != nullptr ? state.group_owner : kCallback);
  const char* name = on_success ? "on_success/" : on_failure ? "on_failure/" : "finally/";
  state.reading_callbacks = true;
  read_group(reader, node, state.prefix + name, state.file.*group);
  state.reading_callbacks = false;
  state.group_owner = owner;
}

// In the order they are read: jobs last, since they refer to what is named above them.
constexpr std::array kFileKeys{
    Key{.name = "version",
        .shapes = kInteger,
        .accepts = "the number 1",
        .description = "Version of the format.",
        .example = "version: 1",
        .decode = check_version,
        .range = {1, 1},
        .required = true},
    Key{.name = "name",
        .shapes = kString,
        .accepts = "a string",
        .description = "Name of the graph; else the file's.",
        .example = "name: nightly",
        .decode = set_file<&JobFile::name, read_string>},
    Key{.name = "description",
        .shapes = kString,
        .accepts = "a string",
        .description = "What the graph is for.",
        .example = "description: Nightly sync",
        .decode = set_file<&JobFile::description, read_string>},
    Key{.name = "vars",
        .shapes = kMapOfValues,
        .accepts = "a map of names to values",
        .description = "Values for expressions, as `.vars.NAME`.",
        .example = "vars: {pages: 40}",
        .decode = set_vars},
    Key{.name = "secrets",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to sources",
        .description = "Values for expressions, as `.secrets.NAME`, that are shown nowhere.",
        .example = "secrets: {token: {env: API_TOKEN}}",
        .decode = set_secrets,
        .fields = Scope::secret},
    Key{.name = "dotenv",
        .shapes = kString | kStringList,
        .accepts = "a path or a list of paths",
        .description = "Files of KEY=VALUE lines: environment of every process, below `env`.",
        .example = "dotenv: .env",
        .decode = set_file<&JobFile::dotenv, read_strings>},
    Key{.name = "env",
        .shapes = kMapOfTexts,
        .accepts = "a map of names to texts",
        .description = "Environment of every process.",
        .example = "env: {LANG: C}",
        .decode = set_file<&JobFile::env, read_environment>,
        .names = Names::variables},
    Key{.name = "timeout",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "The longest that the whole run may take.",
        .example = "timeout: 1h",
        .decode = set_file<&JobFile::timeout, read_positive_duration>},
    Key{.name = "concurrency",
        .shapes = kMap,
        .accepts = "a map",
        .description = "What a run does while another one of its group is under way.",
        .example = "concurrency: {on_conflict: skip}",
        .decode = decode_concurrency,
        .fields = Scope::concurrency},
    Key{.name = "ping",
        .shapes = kText | kMap,
        .accepts = "a URL or a map",
        .description = "Told that a run starts and how it ends: a dead man's switch.",
        .example = "ping: https://hc-ping.com/b0b1",
        .decode = decode_ping,
        .fields = Scope::ping},
    Key{.name = "limits",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to maps",
        .description = "What jobs share: how many at once, how often.",
        .example = "limits: {api: {concurrency: 8}}",
        .decode = decode_limits,
        .fields = Scope::limit,
        .names = Names::jobs},
    Key{.name = "breakers",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to maps",
        .description = "Circuit breakers that jobs share.",
        .example = "breakers: {api: {open_for: 30s}}",
        .decode = decode_breakers,
        .fields = Scope::breaker,
        .names = Names::jobs},
    Key{.name = "defaults",
        .shapes = kMap,
        .accepts = "a map",
        .description =
            "Keys of every job that doesn't set them itself, where they work; of the members of a gather, not of the gather.",
        .example = "defaults: {timeout: 30s}",
        .decode = set_defaults,
        .fields = Scope::defaults},
    Key{.name = "jobs",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to jobs",
        .description = "The jobs.",
        .example = "jobs: {hello: {run: echo hello}}",
        .decode = set_jobs,
        .fields = Scope::job,
        .names = Names::jobs,
        .required = true},
    Key{.name = "on_success",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to jobs",
        .description = "Jobs that run when all is over and the run has succeeded.",
        .example = "on_success: {tell: {run: echo done}}",
        .decode = set_callbacks<&JobFile::on_success>,
        .fields = Scope::job,
        .names = Names::jobs},
    Key{.name = "on_failure",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to jobs",
        .description = "Jobs that run when all is over and the run has failed.",
        .example = "on_failure: {tell: {run: echo failed}}",
        .decode = set_callbacks<&JobFile::on_failure>,
        .fields = Scope::job,
        .names = Names::jobs},
    Key{.name = "finally",
        .shapes = kMapOfMaps,
        .accepts = "a map of names to jobs",
        .description = "Jobs that run in the end, however it went, also after an interruption.",
        .example = "finally: {tidy: {run: rm -rf tmp}}",
        .decode = set_callbacks<&JobFile::finally>,
        .fields = Scope::job,
        .names = Names::jobs},
    Key{.name = "outputs",
        .shapes = kMapOfStrings,
        .accepts = "a map of names to expressions",
        .description = "What the run as a whole gives: expressions over the results of its jobs.",
        .example = "outputs: {pages: .vars.pages}",
        .decode = set_outputs},
};

}  // namespace

std::span<const Key> file_keys() { return kFileKeys; }
std::span<const Key> secret_keys() { return kSecretKeys; }

}  // namespace corun
