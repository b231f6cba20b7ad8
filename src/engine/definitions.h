// What each job's result depends on, as digests: a later run compares them. Knows nothing of runs.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "expr/check.h"
#include "expr/variables.h"
#include "graph/job.h"

namespace corun {

/// What a job's result depends on: its definition as written, with the values of the variables that it mentions. What it gets
/// from the jobs that it needs isn't part of it.
struct Definition {
  std::uint64_t result = 0;  ///< of one item, if it has items
  std::uint64_t whole = 0;   ///< with what says which items there are
  bool by_index = false;     ///< that of an item depends on its number
};

/// What the jobs of a file have in common, as digests.
struct DefinitionScope {
  std::uint64_t environment = 0;  ///< what files say about it
  std::uint64_t open_values = 0;  ///< variables of a graph whose values only the run will know, as written
};

/// Makes definitions, in the course of a walk over a file and those inside of it: a group's members before their group.
class Definitions {
 public:
  const DefinitionScope& scope() const { return scope_; }
  void set_scope(const DefinitionScope& scope) { scope_ = scope; }
  /// The jobs of `file` are next.
  void enter_file(const JobFile& file, const Variables& variables);
  /// The file of `spec` is next; `given`: of what is mentioned where its variables get their values.
  void enter_graph(const GraphSpec& spec, std::uint64_t given);
  /// It is over.
  void leave_graph(const DefinitionScope& around);

  /// A digest of the values of `mentions`; those of `open` (null: none) aren't known yet.
  std::uint64_t of_mentions(const std::vector<Mention>& mentions, const Variables& variables,
                            const std::set<std::string, std::less<>>* open) const;
  /// Sets the definition of `job` among those by Job::id; `items` and `result`: of what it mentions.
  void define(const Job& job, std::uint64_t items, std::uint64_t result, bool by_index,
              std::vector<Definition>& definitions) const;

 private:
  DefinitionScope scope_;
  std::uint64_t last_graph_ = 0;  // the values of the graph that was left last
};

}  // namespace corun
