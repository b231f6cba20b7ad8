// Lists the jobs of a file. Knows nothing of how they are shown.
#include "cli/job_listing.h"

#include <algorithm>

#include "base/text.h"
#include "cli/describe_jobs.h"
#include "cli/plan_flow.h"
#include "cli/policy_words.h"
#include "cli/waves.h"

namespace corun {
namespace {

constexpr std::size_t kMostOfExpression = 60;  // bytes
constexpr std::size_t kMostNeeds = 4;          // by name

class Lister {
 public:
  Lister(JobListing& listing, const std::vector<bool>& excluded) : listing_(listing), excluded_(excluded) {}

  void add_file(const JobFile& file, std::int32_t parent) {
    add_group(file.top, file, parent, "");
    for (const FileCallbacks& each : file_callbacks(file)) add_group(*each.jobs, file, parent, each.key);
  }

 private:
  void add_group(const JobGroup& group, const JobFile& file, std::int32_t parent, std::string_view callback) {
    const std::size_t place = listing_.groups.size();
    listing_.groups.push_back(ListedGroup{parent, callback, {}});
    std::vector<std::int64_t> places(group.jobs.size(), -1);
    for (JobIndex i = 0; i < group.jobs.size(); ++i) {
      const Job& job = group.jobs[i];
      if (job.id < excluded_.size() && excluded_[job.id]) continue;
      places[i] = static_cast<std::int64_t>(listing_.jobs.size());
      listing_.groups[place].jobs.push_back(static_cast<std::uint32_t>(listing_.jobs.size()));
      ListedJob& entry = listing_.jobs.emplace_back();
      entry.job = &job;
      entry.file = &file;
      const bool of_outermost = !callback.empty() && parent < 0;  // a group may be called `finally`, too
      entry.id = of_outermost ? std::string(callback) + ':' + std::string(short_name(job)) : job.name;
      entry.parent = parent;
      entry.callback = callback;
      add_inside(job, file, static_cast<std::int32_t>(places[i]));
    }
    for (JobIndex i = 0; i < group.jobs.size(); ++i) {
      if (places[i] < 0) continue;
      for (const Need& need : group.jobs[i].needs) {
        if (places[need.job] < 0) continue;
        auto& needs = listing_.jobs[static_cast<std::size_t>(places[i])].needs;
        needs.push_back(ListedNeed{static_cast<std::uint32_t>(places[need.job]), need.when});
      }
    }
    if (listing_.groups[place].jobs.empty()) listing_.groups.erase(listing_.groups.begin() + static_cast<std::ptrdiff_t>(place));
  }

  void add_inside(const Job& job, const JobFile& file, std::int32_t place) {
    if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action)) {
      add_group(*(*gather)->group, file, place, "");
    } else if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(&job.action)) {
      add_file(*(*graph)->file, place);
    }
  }

  JobListing& listing_;
  const std::vector<bool>& excluded_;
};

std::string expression_words(const Text& expression) {
  std::string line = expression.text;
  std::replace(line.begin(), line.end(), '\n', ' ');
  const std::string_view cut = cut_text(line, kMostOfExpression);
  return escape_control(cut) + (cut.size() < line.size() ? "…" : "");
}

void add_flow_words(std::vector<std::string>& words, const JobFlow& flow) {
  if (flow.condition) words.push_back("if " + expression_words(*flow.condition));
  if (flow.foreach && !flow.foreach->keys.empty()) {
    words.push_back("matrix of " + std::to_string(flow.foreach->keys.size()));
  } else if (flow.foreach) {
    words.push_back("for each " + flow.foreach->as);
  }
  if (flow.repeat) words.push_back("until " + expression_words(flow.repeat->until));
}

}  // namespace

JobListing list_jobs(const JobFile& file, const std::vector<bool>& excluded) {
  JobListing listing;
  listing.file = &file;
  Lister(listing, excluded).add_file(file, -1);
  return listing;
}

std::vector<std::uint32_t> waves_of(const JobListing& listing) {
  return waves(
      listing.jobs.size(), [&](std::uint32_t i) -> const std::vector<ListedNeed>& { return listing.jobs[i].needs; },
      [](std::uint32_t) { return false; });
}

std::vector<std::vector<const ListedGroup*>> groups_inside(const JobListing& listing) {
  std::vector<std::vector<const ListedGroup*>> inside(listing.jobs.size());
  for (const ListedGroup& group : listing.groups) {
    if (group.parent >= 0) inside[static_cast<std::size_t>(group.parent)].push_back(&group);
  }
  return inside;
}

std::string_view action_kind(const Job& job) {
  const Action& action = job.action;
  if (std::holds_alternative<std::unique_ptr<RunSpec>>(action)) return "run";
  if (std::holds_alternative<std::unique_ptr<HttpSpec>>(action)) return "http";
  if (std::holds_alternative<std::unique_ptr<SqlSpec>>(action)) return "sql";
  if (std::holds_alternative<std::unique_ptr<GatherSpec>>(action)) return "gather";
  if (std::holds_alternative<std::unique_ptr<GraphSpec>>(action)) return "graph";
  if (std::holds_alternative<SleepSpec>(action)) return "sleep";
  return "output";
}

std::vector<std::string> shape_words(const Job& job) {
  std::vector<std::string> words;
  if (const auto* gather = std::get_if<std::unique_ptr<GatherSpec>>(&job.action)) {
    std::string& group = words.emplace_back("gather " + std::string(to_word((*gather)->policy)));
    if ((*gather)->policy == GatherPolicy::quorum) group += " of " + std::to_string((*gather)->quorum);
  } else if (std::holds_alternative<std::unique_ptr<GraphSpec>>(job.action) || std::holds_alternative<SleepSpec>(job.action)) {
    words.push_back(action_line(job.action));
  }
  if (job.flow) add_flow_words(words, *job.flow);
  if (job.fallback) words.emplace_back("fallback");
  for (const JobCallback& each : job_callbacks(job)) words.emplace_back(each.key);
  if (job.continue_on_error) words.emplace_back("may fail");
  return words;
}

std::string needs_words(const JobListing& listing, const ListedJob& job) {
  if (job.needs.empty() || (job.needs.size() == 1 && job.needs[0].when == EdgeCondition::succeeded)) return {};
  std::string words;
  if (job.job->join == Join::any) words = "any of ";
  if (job.job->join == Join::quorum) words = std::to_string(job.job->join_quorum) + " of ";
  for (std::size_t i = 0; i < job.needs.size(); ++i) {
    if (i == kMostNeeds && job.needs.size() > kMostNeeds + 1) {
      return words + " and " + std::to_string(job.needs.size() - kMostNeeds) + " more";
    }
    if (i > 0) words += ", ";
    words += short_name(*listing.jobs[job.needs[i].job].job);
    if (job.needs[i].when != EdgeCondition::succeeded) words += ' ' + std::string(to_word(job.needs[i].when));
  }
  return words;
}

}  // namespace corun
