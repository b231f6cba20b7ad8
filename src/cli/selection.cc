// Which jobs of a file run. Knows nothing of argv.
#include "cli/selection.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "graph/groups.h"

namespace corun {
namespace {

void leave_out(const Job& job, std::vector<bool>& excluded) {
  excluded[job.id] = true;
  for_each_group(job, [&](const JobGroup& group) {
    for (const Job& member : group.jobs) leave_out(member, excluded);
  });
}

// The combinations of a matrix; null: the job has none.
ForeachSpec* matrix_of(const Job& job) {
  ForeachSpec* spec = job.flow ? job.flow->foreach.get() : nullptr;
  return spec != nullptr && !spec->keys.empty() ? spec : nullptr;
}

std::string name_of(const Job& job, const std::string& key) { return job.name + '[' + key + ']'; }

// What was asked for: jobs as a whole, or combinations of a matrix.
class Marks {
 public:
  Marks(std::size_t jobs, bool all) : whole_(jobs, all) {}

  void mark(JobIndex job) { whole_[job] = true; }
  void mark(JobIndex job, std::size_t combination) {
    std::vector<bool>& some = some_[job];
    some.resize(std::max(some.size(), combination + 1));
    some[combination] = true;
  }
  bool whole(JobIndex job) const { return whole_[job]; }
  bool any(JobIndex job) const { return whole_[job] || some_.contains(job); }
  bool has(JobIndex job, std::size_t combination) const {
    const auto some = some_.find(job);
    return whole_[job] || (some != some_.end() && combination < some->second.size() && some->second[combination]);
  }

 private:
  std::vector<bool> whole_;
  std::unordered_map<JobIndex, std::vector<bool>> some_;
};

// Of `test[os=linux*`: with the brackets of names, not those of a glob.
std::string with_literal_brackets(const std::string& glob) {
  std::string literal;
  for (const char c : glob) literal += c == '[' ? std::string("[[]") : std::string(1, c);
  return literal;
}

// Why nothing is called `name`, if it seems to mean something inside of `job`; "": it doesn't.
std::string inside_of(const Job& job, const std::string& name) {
  const std::size_t end = name.find_first_of("[/");
  if (end == std::string::npos || !glob_match(std::string_view(name).substr(0, end), job.name)) return {};
  if (name[end] == '/') return has_groups(job) ? "jobs inside of `" + job.name + "` can't be selected, only all of it" : "";
  if (matrix_of(job) != nullptr) return "`" + job.name + "` has no such combination";
  const bool has_items = job.flow && job.flow->foreach;
  return has_items ? "the items of `" + job.name + "` can't be selected: only its run tells which there are" : "";
}

std::string no_match(std::string_view kind, const std::string& name, const std::vector<Job>& jobs) {
  std::string message = std::string(kind) + " `" + name + "`";
  std::vector<std::string_view> names;
  std::vector<std::string> combinations;
  for (const Job& job : jobs) {
    names.push_back(job.name);
    const std::string reason = inside_of(job, name);
    if (reason.empty()) continue;
    message += ": " + reason;
    const ForeachSpec* matrix = matrix_of(job);
    if (matrix == nullptr) return message;
    names.clear();
    for (const std::string& key : matrix->keys) combinations.push_back(name_of(job, key));
    names.assign(combinations.begin(), combinations.end());
    break;
  }
  if (const std::string_view similar = most_similar(name, names); !similar.empty()) {
    message += "; did you mean `" + std::string(similar) + "`?";
  }
  return message;
}

// Marks the combination called `name`. Its job; nothing if there is none.
std::optional<JobIndex> mark_combination(const std::vector<Job>& jobs, const std::string& name, Marks& marks) {
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    const ForeachSpec* matrix = name.starts_with(jobs[i].name + '[') ? matrix_of(jobs[i]) : nullptr;
    if (matrix == nullptr) continue;
    const auto found = std::find_if(matrix->keys.begin(), matrix->keys.end(),
                                    [&](const std::string& key) { return name_of(jobs[i], key) == name; });
    if (found == matrix->keys.end()) return std::nullopt;
    marks.mark(i, static_cast<std::size_t>(found - matrix->keys.begin()));
    return i;
  }
  return std::nullopt;
}

// Marks `open` and all that `next` leads to from there, over any number of steps.
void mark_reachable(std::vector<JobIndex> open, const std::vector<std::vector<JobIndex>>& next, Marks& marks) {
  while (!open.empty()) {
    const JobIndex index = open.back();
    open.pop_back();
    if (marks.whole(index)) continue;
    marks.mark(index);
    open.insert(open.end(), next[index].begin(), next[index].end());
  }
}

std::vector<std::vector<JobIndex>> needs_of(const std::vector<Job>& jobs) {
  std::vector<std::vector<JobIndex>> needs(jobs.size());
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    for (const Need& need : jobs[i].needs) needs[i].push_back(need.job);
  }
  return needs;
}

std::vector<std::vector<JobIndex>> dependents_of(const std::vector<Job>& jobs) {
  std::vector<std::vector<JobIndex>> dependents(jobs.size());
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    for (const Need& need : jobs[i].needs) dependents[need.job].push_back(i);
  }
  return dependents;
}

// Marks `names` and everything they need.
std::optional<Error> mark_with_needs(const std::vector<Job>& jobs, const std::vector<std::string>& names, Marks& marks) {
  std::unordered_map<std::string_view, JobIndex> by_name;
  for (JobIndex i = 0; i < jobs.size(); ++i) by_name.emplace(jobs[i].name, i);
  std::vector<JobIndex> open;
  for (const std::string& name : names) {
    if (const auto found = by_name.find(name); found != by_name.end()) {
      open.push_back(found->second);
    } else if (const std::optional<JobIndex> job = mark_combination(jobs, name, marks)) {
      for (const Need& need : jobs[*job].needs) open.push_back(need.job);
    } else {
      return Error{no_match("there is no job", name, jobs)};
    }
  }
  mark_reachable(std::move(open), needs_of(jobs), marks);
  return std::nullopt;
}

// Marks the combinations that `glob` matches. Whether there are any.
bool mark_combinations(const std::vector<Job>& jobs, const std::string& glob, Marks& marks) {
  bool found = false;
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    const ForeachSpec* matrix = matrix_of(jobs[i]);
    for (std::size_t k = 0; matrix != nullptr && k < matrix->keys.size(); ++k) {
      if (!glob_match(glob, name_of(jobs[i], matrix->keys[k]))) continue;
      marks.mark(i, k);
      found = true;
    }
  }
  return found;
}

// Marks what any of `globs` matches: jobs, else combinations.
std::optional<Error> mark_matches(const std::vector<Job>& jobs, const std::vector<std::string>& globs, Marks& marks) {
  for (const std::string& glob : globs) {
    if (glob.find('[') != std::string::npos && mark_combinations(jobs, with_literal_brackets(glob), marks)) continue;
    bool found = false;
    for (JobIndex i = 0; i < jobs.size(); ++i) {
      if (!glob_match(glob, jobs[i].name)) continue;
      marks.mark(i);
      found = true;
    }
    if (!found && !mark_combinations(jobs, glob, marks)) return Error{no_match("no job matches", glob, jobs)};
  }
  return std::nullopt;
}

// Marks what any of `globs` matches, and all that `next_of` says follows from there.
std::optional<Error> mark_from_matches(const std::vector<Job>& jobs, const std::vector<std::string>& globs,
                                       std::vector<std::vector<JobIndex>> (*next_of)(const std::vector<Job>&), Marks& marks) {
  if (globs.empty()) return std::nullopt;
  if (std::optional<Error> error = mark_matches(jobs, globs, marks)) return error;
  const std::vector<std::vector<JobIndex>> next = next_of(jobs);
  std::vector<JobIndex> open;
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    if (marks.any(i)) open.insert(open.end(), next[i].begin(), next[i].end());
  }
  // Those that are marked as a whole would stop the way on: begin behind them.
  Marks behind(jobs.size(), false);
  mark_reachable(std::move(open), next, behind);
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    if (behind.whole(i)) marks.mark(i);
  }
  return std::nullopt;
}

void add_tags(const JobGroup& group, std::vector<std::string_view>& tags) {
  for (const Job& job : group.jobs) {
    if (job.notes) tags.insert(tags.end(), job.notes->tags.begin(), job.notes->tags.end());
  }
}

// The job at the top inside of which a job has a tag that `glob` matches; null: there is none.
const Job* tagged_inside(const JobGroup& group, const std::string& glob) {
  for (const Job& job : group.jobs) {
    bool found = false;
    for_each_group(job, [&](const JobGroup& inside) {
      std::vector<std::string_view> tags;
      add_tags(inside, tags);
      found = found || tagged_inside(inside, glob) != nullptr ||
              std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) { return glob_match(glob, tag); });
    });
    if (found) return &job;
  }
  return nullptr;
}

// Marks the jobs with a tag that any of `globs` matches.
std::optional<Error> mark_tagged(const JobGroup& top, const std::vector<std::string>& globs, Marks& marks) {
  for (const std::string& glob : globs) {
    bool found = false;
    for (JobIndex i = 0; i < top.jobs.size(); ++i) {
      const JobNotes* notes = top.jobs[i].notes.get();
      if (notes == nullptr) continue;
      for (const std::string& tag : notes->tags) {
        if (!glob_match(glob, tag)) continue;
        marks.mark(i);
        found = true;
      }
    }
    if (found) continue;
    std::string message = "no job has a tag that matches `" + glob + '`';
    if (const Job* around = tagged_inside(top, glob)) {
      return Error{message + ": jobs inside of `" + around->name + "` can't be selected, only all of it"};
    }
    std::vector<std::string_view> tags;
    add_tags(top, tags);
    if (const std::string_view similar = most_similar(glob, tags); !similar.empty()) {
      message += "; did you mean `" + std::string(similar) + "`?";
    }
    return Error{message};
  }
  return std::nullopt;
}

// Takes the combinations for which `keep` isn't true out of a matrix. False: none is left.
template <typename Keep>
bool keep_combinations(ForeachSpec& matrix, Keep keep) {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < matrix.keys.size(); ++k) {
    if (!keep(k)) continue;
    if (kept != k) {
      matrix.keys[kept] = std::move(matrix.keys[k]);
      matrix.items.items[kept] = std::move(matrix.items.items[k]);
    }
    ++kept;
  }
  if (kept == 0) return false;
  matrix.keys.resize(kept);
  matrix.items.items.resize(kept);
  return true;
}

}  // namespace

std::size_t count_jobs(const JobGroup& group) {
  std::size_t count = group.jobs.size();
  for (const Job& job : group.jobs) {
    for_each_group(job, [&](const JobGroup& members) { count += count_jobs(members); });
  }
  return count;
}

Result<std::vector<bool>> select_jobs(JobFile& file, const SelectionSettings& settings) {
  const std::vector<Job>& jobs = file.top.jobs;
  if (settings == SelectionSettings()) return std::vector<bool>();
  Marks wanted(jobs.size(), settings.jobs.empty());
  Marks alone(jobs.size(), settings.only.empty());
  Marks after(jobs.size(), settings.from.empty());
  Marks before(jobs.size(), settings.until.empty());
  Marks tagged(jobs.size(), settings.tags.empty());
  Marks unwanted(jobs.size(), false);
  if (std::optional<Error> error = mark_with_needs(jobs, settings.jobs, wanted)) return *error;
  if (std::optional<Error> error = mark_matches(jobs, settings.only, alone)) return *error;
  if (std::optional<Error> error = mark_matches(jobs, settings.skip, unwanted)) return *error;
  if (std::optional<Error> error = mark_from_matches(jobs, settings.from, dependents_of, after)) return *error;
  if (std::optional<Error> error = mark_from_matches(jobs, settings.until, needs_of, before)) return *error;
  if (std::optional<Error> error = mark_tagged(file.top, settings.tags, tagged)) return *error;

  std::vector<bool> excluded(count_jobs(file.top), false);
  bool any_left = false;
  for (JobIndex i = 0; i < jobs.size(); ++i) {
    const auto keep = [&](std::size_t k) {
      const bool in_reach = wanted.has(i, k) && after.has(i, k) && before.has(i, k);
      return in_reach && alone.has(i, k) && tagged.has(i, k) && !unwanted.has(i, k);
    };
    ForeachSpec* matrix = matrix_of(jobs[i]);
    if (matrix != nullptr ? keep_combinations(*matrix, keep) : keep(0)) {
      any_left = true;
    } else {
      leave_out(jobs[i], excluded);
    }
  }
  if (!any_left) return Error{"the selection leaves no job to run"};
  return excluded;
}

}  // namespace corun
