// Reads the policies that need more than their key table. Knows nothing of how policies act.
#include "graph/policy_reader.h"

#include <algorithm>
#include <utility>

#include "base/duration.h"
#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/scalar.h"

namespace corun {
namespace {

bool has_key(Reader& reader, NodeId map, std::string_view name) {
  const std::vector<Pair> pairs = reader.pairs(map);
  return std::any_of(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.name == name; });
}

void read_breaker(Reader& reader, NodeId node, BreakerSettings& breaker) {
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::breaker, &breaker);
  if (reader.errors() != errors) return;
  if (breaker.open_for > breaker.max_open_for) {
    reader.error(node, code::kOutOfRange,
                 "`open_for` is longer than `max_open_for` (" + format_duration(breaker.max_open_for) + ") in " + reader.where());
  }
  if (breaker.min_calls > breaker.window) {
    reader.error(node, code::kOutOfRange,
                 "`min_calls` is more than `window` (" + std::to_string(breaker.window) + ") in " + reader.where() +
                     ": no share would ever count");
  }
  if (breaker.slow_ratio.has_value() != (breaker.slow_after > Duration::zero())) {
    reader.error(node, code::kIneffective, "`slow_ratio` and `slow_after` only work together in " + reader.where());
  }
}

void read_limit(Reader& reader, NodeId node, LimitSettings& limit) {
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::limit, &limit);
  if (reader.errors() != errors) return;
  if (!limit.concurrency && !limit.rate_count) {
    reader.error(node, code::kMissingKey, reader.where() + " limits nothing", "add `concurrency` or `rate`");
  }
  if (!limit.rate_count && has_key(reader, node, "burst")) {
    reader.error(node, code::kIneffective, "`burst` without `rate` in " + reader.where());
  }
}

// Reads a map of names to settings into `list`; `ids` gets the names. A file that is included twice has them once: what is in
// `all_ids` already.
template <typename Settings, typename Read>
void read_named(Reader& reader, NodeId node, std::string_view kind, std::vector<Named<Settings>>& list,
                std::unordered_map<std::string, std::uint32_t>& all_ids, NamedSettingsIds& ids, Read read) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map of names to maps");
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, kind, pair.name);
    if (!is_job_name(pair.name)) {
      reader.error(pair.key, code::kBadName, quoted(pair.name) + " can't be the name of a " + std::string(kind),
                   "letters, digits, `_`, `.` and `-`, a letter or `_` first, at most 200");
    }
    Named<Settings> named{std::string(pair.name), reader.place(pair.key), {}};
    read(reader, pair.value, named.settings);
    if (reader.state().includer != nullptr) {
      named.file = reader.state().file.path;
      named.name_in_file = std::exchange(named.name, named.name + " of " + named.file);
    }
    const auto [entry, is_new] = all_ids.emplace(named.name, static_cast<std::uint32_t>(list.size()));
    ids.emplace(pair.name, NamedSettings{entry->second, pair.key});
    if (is_new) list.push_back(std::move(named));
  }
}

// The index `node` names; reports if there is none.
std::optional<std::uint32_t> find_named(Reader& reader, NodeId node, std::string_view kind, std::string_view unknown_code,
                                        const NamedSettingsIds& ids) {
  const std::string_view name = reader.text(node);
  if (const auto found = ids.find(name); found != ids.end()) return found->second.index;
  std::vector<std::string_view> names;
  for (const auto& [known, id] : ids) names.push_back(known);
  Diagnostic diagnostic = reader.finding(node, unknown_code, "there is no " + std::string(kind) + " `" + std::string(name) + "`");
  std::string_view similar;
  diagnostic.label = reader.suggest(name, names, &similar);
  if (!similar.empty()) {
    diagnostic.notes.push_back(reader.note(ids.find(similar)->second.node, quoted(similar) + " is here"));
  } else if (ids.empty()) {
    diagnostic.help = "name it under `" + std::string(kind) + "s:` at the top level";
  }
  reader.report(std::move(diagnostic));
  return std::nullopt;
}

}  // namespace

void decode_retry(Reader& reader, NodeId node, void* target) {
  RetrySettings& retry = static_cast<JobSettings*>(target)->policies.retry;
  retry.own = !reader.reading_defaults();
  const Key& attempts = retry_keys().front();
  if (reader.is_scalar(node) && reader.is_number(node)) return attempts.decode(reader, node, &retry);
  if (!reader.is_map(node)) return reader.wrong_type(node, "a number of attempts, or a map");
  const std::size_t errors = reader.errors();
  reader.read_map(node, Scope::retry, &retry);
  if (reader.errors() != errors) return;
  if (retry.backoff.delay > retry.backoff.max_delay) {
    reader.error(node, code::kOutOfRange,
                 "`delay` is longer than `max_delay` (" + format_duration(retry.backoff.max_delay) + ") in " + reader.where(), {},
                 "raise `max_delay` as well");
  }
  if (retry.attempts == 1 && !reader.reading_defaults() && !has_key(reader, node, "attempts")) {
    reader.error(node, code::kIneffective, reader.where() + " retries nothing", "add `attempts`");
  }
}

void decode_breaker(Reader& reader, NodeId node, void* target) {
  auto& settings = *static_cast<JobSettings*>(target);
  if (reader.is_map(node)) {
    settings.inline_breaker.emplace();
    settings.breaker_place = reader.place(node);
    settings.policies.breaker.reset();
    read_breaker(reader, node, *settings.inline_breaker);
    return;
  }
  if (!reader.is_string(node)) return reader.wrong_type(node, "a breaker's name, or a map");
  settings.inline_breaker.reset();
  settings.policies.breaker = find_named(reader, node, "breaker", code::kUnknownBreaker, reader.state().breaker_ids);
}

void decode_limit(Reader& reader, NodeId node, void* target) {
  std::vector<std::uint32_t>& limits = static_cast<JobSettings*>(target)->policies.limits;
  limits.clear();
  std::vector<NodeId> nodes{node};
  if (reader.is_list(node)) nodes = reader.items(node);
  for (const NodeId item : nodes) {
    if (!reader.is_string(item)) {
      reader.wrong_type(item, "a limit's name, or a list of names");
      continue;
    }
    const auto id = find_named(reader, item, "limit", code::kUnknownLimit, reader.state().limit_ids);
    if (!id) continue;
    if (std::find(limits.begin(), limits.end(), *id) != limits.end()) {
      reader.error(item, code::kListedTwice, "limit `" + std::string(reader.text(item)) + "` is listed twice");
    } else {
      limits.push_back(*id);
    }
  }
}

void decode_limits(Reader& reader, NodeId node, void* target) {
  auto& state = *static_cast<LoadState*>(target);
  read_named(reader, node, "limit", state.share.limits, state.share.limit_ids, state.limit_ids, read_limit);
}

void decode_breakers(Reader& reader, NodeId node, void* target) {
  auto& state = *static_cast<LoadState*>(target);
  read_named(reader, node, "breaker", state.share.breakers, state.share.breaker_ids, state.breaker_ids, read_breaker);
}

}  // namespace corun
