// The key table of `cache`, and what it doesn't go together with. Knows nothing of how results are kept.
#include <array>

#include "graph/error_codes.h"
#include "graph/http_reader.h"
#include "graph/load_state.h"
#include "graph/policy_reader.h"
#include "graph/read_values.h"
#include "graph/scalar.h"

namespace corun {
namespace {

std::optional<std::vector<Text>> read_globs(Reader& reader, NodeId node) {
  std::vector<NodeId> nodes{node};
  if (reader.is_list(node)) nodes = reader.items(node);
  if (nodes.empty()) {
    reader.error(node, code::kEmptyValue, reader.where() + " is an empty list", "name a file");
    return std::nullopt;
  }
  std::vector<Text> globs;
  for (const NodeId item : nodes) {
    auto glob = read_line(reader, item);
    if (!glob) return std::nullopt;
    if (glob->text.starts_with('!')) {
      reader.error(item, code::kBadFormat, "a glob can't leave files out in " + reader.where(), "name those that count");
      return std::nullopt;
    }
    globs.push_back(*std::move(glob));
  }
  return globs;
}

constexpr std::array kCacheKeys{
    Key{.name = "ttl",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "How long a success counts; else until the command, or something else of its key, changes.",
        .example = "ttl: 1h",
        .decode = set<&CacheSpec::ttl, read_duration>},
    Key{.name = "inputs",
        .shapes = kText | kTextList,
        .accepts = "a glob or a list of globs",
        .description = "Files whose contents count, from its working directory; `**` is any number of directories.",
        .example = "inputs: [go.mod, \"**/*.go\"]",
        .decode = set<&CacheSpec::inputs, read_globs>},
    Key{.name = "key",
        .shapes = kText,
        .accepts = "a text",
        .description = "What counts besides the inputs, instead of the resolved command.",
        .example = "key: \"v2-${{ .vars.region }}\"",
        .decode = set<&CacheSpec::key, read_line>},
    Key{.name = "stale_if_error",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "How long after `ttl` a success still stands in when the job fails.",
        .example = "stale_if_error: 1d, ttl: 1h",
        .decode = set<&CacheSpec::stale_if_error, read_positive_duration>},
    Key{.name = "negative_ttl",
        .shapes = kDuration,
        .accepts = "a duration",
        .description = "How long a failure counts; else it isn't kept.",
        .example = "negative_ttl: 30s",
        .decode = set<&CacheSpec::negative_ttl, read_positive_duration>},
};

}  // namespace

void decode_cache(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) {
    return reader.wrong_type(node, "a map", "write it like `cache: {ttl: 1h}`; `cache: {}` is for good");
  }
  auto cache = std::make_shared<CacheSpec>();
  reader.read_map(node, Scope::cache, cache.get());
  if (cache->stale_if_error && !cache->ttl) {
    reader.error(node, code::kIneffective, "`stale_if_error` without `ttl` in " + reader.where(),
                 "nothing gets old without `ttl`");
  }
  static_cast<JobDraft*>(target)->settings.policies.cache = std::move(cache);
}

void check_cache(Reader& reader, NodeId node, const Job& job) {
  const auto conflict = [&](const std::string& what, const std::string& label) {
    reader.error(node, code::kConflict, what + " beside `cache` in " + reader.where(), label);
  };
  if (job.process && job.process->output_file) conflict("`output: {file: …}`", "what is kept is the result, no file");
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&job.action);
  if (http == nullptr || *http == nullptr || !(*http)->options) return;
  const HttpOptions& options = *(*http)->options;
  if (options.save) conflict("`save`", "what is kept is the result, no file; `if_exists: skip` asks for a file once");
  if (options.cookies == HttpOptions::Cookies::session) {
    conflict("`cookies` of a session", "other jobs would miss what its response sets");
  }
}

std::span<const Key> cache_keys() { return kCacheKeys; }

}  // namespace corun
