// The key table of graphs: job files inside of jobs, and how they are found and read. Knows nothing of how files are read from
// a disk, or of how jobs run.
#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/action_reader.h"
#include "graph/error_codes.h"
#include "graph/load_state.h"
#include "graph/load_text.h"
#include "graph/read_values.h"
#include "graph/yaml_parser.h"

namespace corun {
namespace {

constexpr std::size_t kMostLevels = 16;  // of files inside one another
constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostFindings = 1000;

/// A graph being read.
struct GraphDraft {
  GraphSpec spec;
  std::string path;  // as written
  NodeId file = kNoNode;
  std::vector<NodeId> var_nodes;  // their names
};

void set_file(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<GraphDraft*>(target);
  auto path = read_string(reader, node);
  if (!path) return;
  if (path->empty()) {
    reader.error(node, code::kEmptyValue, reader.where() + " is empty", "name a job file");
    return;
  }
  draft.path = *std::move(path);
  draft.file = node;
}

void set_vars(Reader& reader, NodeId node, void* target) {
  if (!reader.is_map(node)) return reader.wrong_type(node, "a map of names to values");
  auto& draft = *static_cast<GraphDraft*>(target);
  for (const Pair& pair : reader.pairs(node)) {
    const Reader::Within within(reader, "", pair.name);
    auto value = read_value(reader, pair.value);
    if (!value) continue;
    draft.spec.vars.emplace_back(pair.name, *std::move(value));
    draft.var_nodes.push_back(pair.key);
  }
}

constexpr std::array kGraphKeys{
    Key{.name = "file",
        .shapes = kString,
        .accepts = "a path",
        .description = "The job file; a relative path starts where the file is that names it.",
        .example = "file: deploy.yaml",
        .decode = set_file,
        .required = true},
    Key{.name = "vars",
        .shapes = kMapOfValues,
        .accepts = "a map of names to values",
        .description = "Values for the file's variables, instead of those it gives them.",
        .example = "vars: {region: eu}",
        .decode = set_vars},
};

// `path` as seen from where the file `includer` is.
std::string beside(const std::string& includer, const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(includer).parent_path();
  return (directory / path).lexically_normal().string();
}

// Where `path` stands among the files that include one another down to `state`: they are named after one another in `chain`.
bool includes_itself(const LoadState& state, const std::string& path, std::string& chain) {
  chain = '`' + path + '`';
  for (const LoadState* each = &state; each != nullptr; each = each->includer) {
    chain.insert(0, '`' + each->file.path + "` → ");
    if (beside("", each->file.path) == path) return true;
  }
  return false;
}

// The index of the file at `path`, read if it hasn't been yet (`again`: it has); reports if that can't be.
std::optional<std::uint32_t> find_source(Reader& reader, NodeId node, const std::string& path, bool& again) {
  LoadShare& share = reader.state().share;
  const auto known =
      std::find_if(share.sources.begin() + 1, share.sources.end(), [&](const SourceText& source) { return source.path == path; });
  again = known != share.sources.end();
  if (again) return static_cast<std::uint32_t>(known - share.sources.begin());
  Result<std::string> text = share.options.read_file ? share.options.read_file(path) : Error{"there are no other files here"};
  if (!text) {
    reader.error(node, code::kInclude, "can't read `" + path + "` for " + reader.where() + ": " + text.error().message);
    return std::nullopt;
  }
  share.sources.push_back(SourceText{path, std::move(*text), reader.place(node)});
  return static_cast<std::uint32_t>(share.sources.size() - 1);
}

// Whether one more file may be included at `node`; reports if not.
bool check_bounds(Reader& reader, NodeId node) {
  std::size_t levels = 1;
  for (const LoadState* each = reader.state().includer; each != nullptr; each = each->includer) ++levels;
  if (levels > kMostLevels) {
    reader.error(node, code::kInclude, "job files include each other over more than " + std::to_string(kMostLevels) + " levels");
    return false;
  }
  if (++reader.state().share.inclusions > kMostFiles) {
    reader.error(node, code::kInclude, "more than " + std::to_string(kMostFiles) + " job files are included");
    return false;
  }
  return true;
}

// Reads the file that `draft` names; false if it can't be found, or isn't free of errors.
bool include(Reader& reader, GraphDraft& draft, const Job& job) {
  LoadState& outer = reader.state();
  const std::string path = beside(outer.file.path, draft.path);
  if (std::string chain; includes_itself(outer, path, chain)) {
    reader.error(draft.file, code::kInclude, "a job file that includes itself: " + chain);
    return false;
  }
  if (!check_bounds(reader, draft.file)) return false;
  bool again = false;
  const std::optional<std::uint32_t> source = find_source(reader, draft.file, path, again);
  if (!source) return false;
  outer.share.included_bytes += outer.share.sources[*source].text.size();
  if (outer.share.included_bytes > kMaxFileSize) {
    reader.error(draft.file, code::kTooLarge,
                 "the job files that are included are larger than " + std::to_string(kMaxFileSize >> 20) + " MiB");
    return false;
  }
  LoadState state(outer.share, *source, &outer);
  state.prefix = job.name + '/';
  state.group_owner = job.id;
  TextFindings findings = load_text(state, kMostFindings);
  reader.adopt(std::move(findings.diagnostics), findings.omitted, again);
  draft.spec.digest = state.digest;
  *draft.spec.file = std::move(state.file);
  return findings.errors == 0;
}

// Each variable that is set must be one of the file's.
void check_vars(Reader& reader, const GraphDraft& draft) {
  const JobFile& file = *draft.spec.file;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : file.vars) names.push_back(name);
  for (std::size_t i = 0; i < draft.var_nodes.size(); ++i) {
    const std::string& name = draft.spec.vars[i].name;
    if (file.vars.contains(name)) continue;
    const std::string help = names.empty() ? "it has no `vars`" : "";
    reader.error(draft.var_nodes[i], code::kUndefined, '`' + file.path + "` has no variable `" + name + '`',
                 reader.suggest(name, names), help);
  }
}

}  // namespace

void decode_graph(Reader& reader, NodeId node, void* target) {
  Job& job = static_cast<JobDraft*>(target)->job;
  GraphDraft draft;
  draft.spec.file = std::make_unique<JobFile>();
  reader.read_map(node, Scope::graph, &draft);
  if (draft.file != kNoNode && include(reader, draft, job)) check_vars(reader, draft);
  job.action = std::make_unique<GraphSpec>(std::move(draft.spec));
}

std::span<const Key> graph_keys() { return kGraphKeys; }

}  // namespace corun
