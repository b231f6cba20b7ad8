// What jobs need of each other: edges, how many must hold, cycles. Knows nothing of actions or policies.
#include "graph/needs.h"

#include <algorithm>
#include <array>

#include "graph/error_codes.h"
#include "graph/read_values.h"

namespace corun {
namespace {

constexpr std::size_t kMostEdgesShown = 100;

constexpr std::array<Choice<EdgeCondition>, 3> kConditions{
    {{"succeeded", EdgeCondition::succeeded}, {"failed", EdgeCondition::failed}, {"done", EdgeCondition::done}}};

// The jobs that one of these siblings can need: the first of them.
std::string needable(const Siblings& siblings, JobIndex own) {
  constexpr std::size_t kMostNamed = 10;
  std::string list;
  for (JobIndex i = 0, named = 0; i < siblings.names.size() && named < kMostNamed; ++i) {
    if (i == own) continue;
    list += (list.empty() ? "" : ", ") + quoted(siblings.names[i]);
    ++named;
  }
  const std::size_t others = siblings.names.size() - 1;
  if (others > kMostNamed) list += " and " + std::to_string(others - kMostNamed) + " more";
  return list;
}

void unknown_need(Reader& reader, const JobDraft& draft, NodeId node) {
  const Siblings& siblings = draft.siblings;
  const std::string_view name = reader.text(node);
  const bool is_member = draft.job.name != reader.state().prefix + std::string(siblings.names[draft.index]);
  const auto group = siblings.indices.find(name.substr(0, name.find('/')));
  Diagnostic diagnostic = reader.finding(
      node, code::kUnknownNeed,
      "job " + quoted(draft.job.name) + " needs " + quoted(name) + ", which doesn't exist" + (is_member ? " in its group" : ""));
  std::string_view similar;
  if (group != siblings.indices.end()) {  // `group/member`
    similar = group->first;
    diagnostic.label = "write " + quoted(similar) + " to need the whole group";
  } else {
    diagnostic.label = reader.suggest(name, siblings.names, &similar);
    if (similar == siblings.names[draft.index]) {  // it can't need itself
      similar = {};
      diagnostic.label.clear();
    }
  }
  if (!similar.empty()) {
    const JobIndex index = siblings.indices.find(similar)->second;
    diagnostic.notes.push_back(reader.note(siblings.nodes[index], "job " + quoted(similar) + " is here"));
  }
  if (is_member || group != siblings.indices.end()) diagnostic.help = "jobs inside a `gather` can only need each other";
  if (similar.empty()) {
    const std::string list = needable(siblings, draft.index);
    diagnostic.help += (is_member ? ": there is " : "there is ") + (list.empty() ? "no other job" : list);
  }
  reader.report(std::move(diagnostic));
}

// Adds the edge to the job that `node` names.
void add_need(Reader& reader, JobDraft& draft, NodeId node, EdgeCondition when) {
  const auto found = draft.siblings.indices.find(reader.text(node));
  if (found == draft.siblings.indices.end()) return unknown_need(reader, draft, node);
  if (found->second == draft.index) {
    reader.error(node, code::kSelfNeed, "job " + quoted(draft.job.name) + " needs itself");
    return;
  }
  draft.job.needs.push_back({found->second, when, reader.place(node)});
}

void add_named(Reader& reader, JobDraft& draft, NodeId node) {
  if (reader.is_string(node)) {
    add_need(reader, draft, node, EdgeCondition::succeeded);
  } else {
    reader.wrong_type(node, "a job's name", reader.is_map(node) ? "conditions are a map: `needs: {build: failed}`" : "");
  }
}

// Reports jobs that are listed twice, and keeps the first of each.
void check_listed_twice(Reader& reader, JobDraft& draft, const std::vector<NodeId>& nodes) {
  std::vector<std::pair<std::string_view, NodeId>> seen;
  for (const NodeId node : nodes) {
    if (reader.is_string(node)) seen.emplace_back(reader.text(node), node);
  }
  std::stable_sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (seen[i].first != seen[i - 1].first) continue;
    Diagnostic diagnostic = reader.finding(seen[i].second, code::kListedTwice,
                                           "job " + quoted(draft.job.name) + " needs " + quoted(seen[i].first) + " twice");
    diagnostic.notes.push_back(reader.note(seen[i - 1].second, "it is first listed here"));
    reader.report(std::move(diagnostic));
  }
}

struct Quorum {
  std::uint32_t count = 0;
};

constexpr std::array kJoinKeys{
    Key{.name = "quorum",
        .shapes = kInteger,
        .accepts = "a whole number from 1",
        .description = "How many of the needs must hold.",
        .example = "quorum: 2",
        .decode = set<&Quorum::count, read_count>,
        .range = {1, kMostCount},
        .required = true},
};

}  // namespace

std::span<const Key> join_keys() { return kJoinKeys; }

namespace {

void read_needs(Reader& reader, JobDraft& draft, NodeId node) {
  if (reader.is_map(node)) {
    for (const Pair& pair : reader.pairs(node)) {
      const Reader::Within within(reader, "", pair.name);
      if (const auto when = read_choice<kConditions>(reader, pair.value)) add_need(reader, draft, pair.key, *when);
    }
    return;
  }
  if (!reader.is_list(node)) {
    if (!reader.is_string(node)) return reader.wrong_type(node, "a job's name, a list of names or a map of names to conditions");
    add_named(reader, draft, node);
    return;
  }
  const std::vector<NodeId> items = reader.items(node);
  draft.job.needs.reserve(items.size());
  for (const NodeId item : items) add_named(reader, draft, item);
  if (items.size() > 1) check_listed_twice(reader, draft, items);
}

}  // namespace

void decode_needs(Reader& reader, NodeId node, void* target) {
  auto& draft = *static_cast<JobDraft*>(target);
  const std::size_t errors = reader.errors();
  read_needs(reader, draft, node);
  draft.wrong_needs = reader.errors() != errors;
}

void decode_join(Reader& reader, NodeId node, void* target) {
  const auto& draft = *static_cast<JobDraft*>(target);
  Job& job = draft.job;
  const std::size_t errors = reader.errors();
  if (reader.is_map(node)) {
    Quorum quorum;
    reader.read_map(node, Scope::join, &quorum);
    job.join = Join::quorum;
    job.join_quorum = quorum.count;
  } else if (reader.is_string(node) && (reader.text(node) == "all" || reader.text(node) == "any")) {
    job.join = reader.text(node) == "any" ? Join::any : Join::all;
  } else if (reader.is_string(node)) {
    not_a_choice(reader, node, {"all", "any", "{quorum: n}"});
  } else {
    reader.wrong_type(node, "all, any or {quorum: n}");
  }
  if (reader.errors() != errors || draft.wrong_needs) return;
  if (job.needs.empty() && job.join != Join::all) {
    reader.error(node, code::kIneffective, "`join` without `needs` in job " + quoted(job.name));
  } else if (job.join == Join::quorum && job.join_quorum > job.needs.size()) {
    reader.error(node, code::kQuorum,
                 "job " + quoted(job.name) + " wants " + std::to_string(job.join_quorum) + " of its " +
                     std::to_string(job.needs.size()) + " needs");
  }
}

namespace {

// Jobs that are left when, again and again, those without needs among the rest are taken away: every one of them leads
// into a cycle.
std::vector<bool> stuck_jobs(const JobGroup& group) {
  const std::size_t count = group.jobs.size();
  std::vector<std::uint32_t> missing(count);
  std::vector<std::uint32_t> first_dependent(count + 1);
  for (const Job& job : group.jobs) {
    for (const Need& need : job.needs) ++first_dependent[need.job + 1];
  }
  for (std::size_t i = 0; i < count; ++i) first_dependent[i + 1] += first_dependent[i];
  std::vector<JobIndex> dependents(first_dependent[count]);
  std::vector<std::uint32_t> next = first_dependent;
  std::vector<JobIndex> ready;
  for (JobIndex i = 0; i < count; ++i) {
    missing[i] = static_cast<std::uint32_t>(group.jobs[i].needs.size());
    if (missing[i] == 0) ready.push_back(i);
    for (const Need& need : group.jobs[i].needs) dependents[next[need.job]++] = i;
  }
  std::vector<bool> stuck(count, true);
  while (!ready.empty()) {
    const JobIndex job = ready.back();
    ready.pop_back();
    stuck[job] = false;
    for (std::uint32_t i = first_dependent[job]; i < first_dependent[job + 1]; ++i) {
      if (--missing[dependents[i]] == 0) ready.push_back(dependents[i]);
    }
  }
  return stuck;
}

const Need& stuck_need(const Job& job, const std::vector<bool>& stuck) {
  return *std::find_if(job.needs.begin(), job.needs.end(), [&](const Need& need) { return stuck[need.job]; });
}

void report_cycle(Reader& reader, const JobGroup& group, const std::vector<JobIndex>& cycle, const std::vector<bool>& stuck) {
  const auto name = [&](std::size_t i) { return quoted(group.jobs[cycle[i % cycle.size()]].name); };
  const auto length = [&](std::size_t i) {
    return static_cast<std::uint32_t>(group.jobs[cycle[i % cycle.size()]].name.size() - group.jobs[cycle[0]].name.rfind('/') - 1);
  };
  Diagnostic diagnostic;
  diagnostic.code = code::kCycle;
  diagnostic.message = "jobs need each other: " + name(0);
  for (std::size_t i = 1; i <= cycle.size(); ++i) {
    if (i == 6 && cycle.size() > 8) {
      diagnostic.message += " → …";
      i = cycle.size() - 1;
    }
    diagnostic.message += " → " + name(i);
  }
  diagnostic.label = name(0) + " needs " + name(1);
  diagnostic.place = stuck_need(group.jobs[cycle[0]], stuck).place;
  diagnostic.length = length(1);
  for (std::size_t i = 1; i < cycle.size(); ++i) {
    if (i == kMostEdgesShown) {
      diagnostic.notes.push_back({"… and " + std::to_string(cycle.size() - i) + " more edges", {}, 1});
      break;
    }
    diagnostic.notes.push_back({name(i) + " needs " + name(i + 1), stuck_need(group.jobs[cycle[i]], stuck).place, length(i + 1)});
  }
  reader.report(std::move(diagnostic));
}

}  // namespace

void check_cycles(Reader& reader, const JobGroup& group, const Siblings& siblings) {
  const std::vector<bool> stuck = stuck_jobs(group);
  // Each stuck job has a stuck need: following the first of them must come back to a job already seen.
  constexpr JobIndex kUnseen = UINT32_MAX;
  std::vector<JobIndex> walk_of(siblings.names.size(), kUnseen);
  for (JobIndex start = 0; start < group.jobs.size(); ++start) {
    if (!stuck[start] || walk_of[start] != kUnseen) continue;
    std::vector<JobIndex> walk;
    JobIndex job = start;
    while (walk_of[job] == kUnseen) {
      walk_of[job] = start;
      walk.push_back(job);
      job = stuck_need(group.jobs[job], stuck).job;
    }
    if (walk_of[job] != start) continue;  // it led into a cycle already reported
    std::vector<JobIndex> cycle(std::find(walk.begin(), walk.end(), job), walk.end());
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    report_cycle(reader, group, cycle, stuck);
  }
}

}  // namespace corun
