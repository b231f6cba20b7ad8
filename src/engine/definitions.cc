// Digests over definitions and values. Knows nothing of runs.
#include "engine/definitions.h"

#include "base/digest.h"
#include "graph/groups.h"

namespace corun {
namespace {

bool starts_process(const Action& action) { return std::holds_alternative<std::unique_ptr<RunSpec>>(action); }

}  // namespace

// What corun itself was started with isn't part of it: that may be another one each time.
void Definitions::enter_file(const JobFile& file, const Variables& variables) {
  Digest digest;
  digest.add(scope_.environment);
  for (const auto& [name, value] : file.dotenv_values) digest.add(name).add(value);
  for (const NamedText& variable : file.env) {
    digest.add(variable.name).add(variable.text.text);
    const auto value = variables.environment().find(variable.name);
    if (value != variables.environment().end() && !variables.is_tainted("env", variable.name)) digest.add(value->second);
  }
  scope_.environment = digest.value();
}

void Definitions::enter_graph(const GraphSpec& spec, std::uint64_t given) {
  Digest digest;
  digest.add(scope_.open_values).add(given);
  for (const Field& variable : spec.vars) digest.add(variable.name).add(to_json(variable.value));
  scope_.open_values = digest.value();
}

void Definitions::leave_graph(const DefinitionScope& around) {
  last_graph_ = scope_.open_values;
  scope_ = around;
}

std::uint64_t Definitions::of_mentions(const std::vector<Mention>& mentions, const Variables& variables,
                                       const std::set<std::string, std::less<>>* open) const {
  Digest digest;
  for (const auto& [root, name] : mentions) {
    if (root == "index") continue;
    digest.add(name);
    if (root == "env") {
      const auto value = variables.environment().find(name);
      if (value != variables.environment().end() && !variables.is_tainted(root, name)) digest.add(value->second);
    } else if (open != nullptr && (name.empty() || open->contains(name))) {
      digest.add(scope_.open_values);
    } else if (!variables.is_tainted(root, name)) {
      digest.add((name.empty() ? variables.vars() : variables.vars().get(name)).dump());
    }
  }
  return digest.value();
}

void Definitions::define(const Job& job, std::uint64_t items, std::uint64_t result, bool by_index,
                         std::vector<Definition>& definitions) const {
  Digest digest;
  digest.add(job.digest).add(result);
  if (starts_process(job.action) || (job.fallback && starts_process(*job.fallback))) {
    digest.add(scope_.environment);
    if (job.process) {
      for (const auto& [name, value] : job.process->dotenv_values) digest.add(name).add(value);
    }
  }
  if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action)) digest.add((*graph)->digest).add(last_graph_);
  for_each_group(job.action, [&](const JobGroup& group) {
    for (const Job& member : group.jobs) digest.add(definitions[member.id].whole);
  });
  if (definitions.size() <= job.id) definitions.resize(job.id + 1);
  definitions[job.id].result = digest.value();
  definitions[job.id].by_index = by_index;
  if (job.flow && job.flow->foreach) digest.add(job.flow->foreach->digest).add(items);
  definitions[job.id].whole = digest.value();
}

}  // namespace corun
