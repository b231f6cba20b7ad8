// Adds what a job file says of its jobs to a timeline. Knows nothing of how that was recorded.
#include "cli/describe_jobs.h"

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/duration.h"
#include "base/text.h"
#include "cli/policy_words.h"
#include "engine/prepare.h"
#include "graph/groups.h"

namespace corun {
namespace {

constexpr std::size_t kMostOfLine = 160;  // bytes

// A job as written, and where.
struct Written {
  const Job* job;
  const JobGroup* group;
  const JobFile* file;
  bool is_callback;
};

using WrittenJobs = std::unordered_map<std::string_view, Written>;
using Places = std::unordered_map<std::string_view, std::uint32_t>;

void add_file(WrittenJobs& written, const JobFile& file, const JobFile& outermost);

// Names of callbacks are those of their jobs elsewhere: they come last and don't take them over.
void add_group(WrittenJobs& written, const JobGroup& group, const JobFile& file, const JobFile& outermost, bool is_callback) {
  for (const Job& job : group.jobs) {
    written.try_emplace(job.name, Written{&job, &group, &file, is_callback});
    for (const Action* action : {&job.action, static_cast<const Action*>(job.fallback.get())}) {
      if (action == nullptr) continue;
      if (const auto* graph = std::get_if<std::unique_ptr<GraphSpec>>(action)) {
        add_file(written, *(*graph)->file, outermost);
      } else {
        for_each_group(*action, [&](const JobGroup& inside) { add_group(written, inside, file, outermost, is_callback); });
      }
    }
  }
}

void add_file(WrittenJobs& written, const JobFile& file, const JobFile& outermost) {
  for_each_group_of_file(file, [&](const JobGroup& group) {
    add_group(written, group, file, outermost, &file == &outermost && &group != &file.top);
  });
}

const Written* find(const WrittenJobs& written, std::string_view name) {
  auto found = written.find(name);  // the combinations of a matrix are there with their brackets
  if (found == written.end() && name.find('[') != std::string_view::npos) found = written.find(without_items(name));
  return found == written.end() ? nullptr : &found->second;
}

// The job around this one: the longest name that it begins with, up to a `/` or `[`.
std::int32_t parent_of(std::string_view name, const Places& places) {
  for (std::size_t end = name.find_last_of("/["); end != std::string_view::npos && end > 0;
       end = name.find_last_of("/[", end - 1)) {
    const auto found = places.find(name.substr(0, end));
    if (found != places.end()) return static_cast<std::int32_t>(found->second);
  }
  return -1;
}

std::string first_line(std::string_view text) {
  while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) text.remove_prefix(1);
  std::string_view line = text.substr(0, text.find('\n'));
  const bool cut = line.size() > kMostOfLine || text.find_last_not_of(" \n") >= line.size();
  line = cut_text(line, kMostOfLine);
  return escape_control(line) + (cut && !text.empty() ? " …" : "");
}

struct ActionLine {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const std::unique_ptr<RunSpec>& run) const {
    if (run->argv.empty()) return first_line(run->script.text);
    std::string line;
    for (const Text& word : run->argv) line += (line.empty() ? "" : " ") + shell_quote(word.text);
    return first_line(line);
  }
  std::string operator()(const std::unique_ptr<HttpSpec>& http) const { return first_line(http->method + ' ' + http->url.text); }
  std::string operator()(const std::unique_ptr<SqlSpec>& sql) const { return first_line(sql->query); }
  std::string operator()(const std::unique_ptr<GatherSpec>& gather) const {
    const std::size_t count = gather->group ? gather->group->jobs.size() : 0;
    const std::string wanted = gather->policy == GatherPolicy::quorum ? ", " + std::to_string(gather->quorum) : std::string();
    return "gather " + std::string(to_word(gather->policy)) + wanted + " of " + std::to_string(count) +
           (count == 1 ? " job" : " jobs");
  }
  std::string operator()(const std::unique_ptr<GraphSpec>& graph) const { return "graph " + first_line(graph->file->path); }
  std::string operator()(const SleepSpec& sleep) const { return "sleep " + format_duration(sleep.duration); }
  std::string operator()(const std::unique_ptr<OutputSpec>&) const { return "output"; }
};

std::string_view slot_of(const Job& job) {
  switch (pool_of(job.written().action, job)) {
    case Pool::none: return {};
    case Pool::network: return "request";
    case Pool::process:
    case Pool::terminal: break;
  }
  return "process";
}

void describe(TimelineJob& entry, const Written& written, const JobFile& outermost) {
  const Job& job = *written.job;
  if (job.notes) {
    entry.description = job.notes->description;
    entry.tags = job.notes->tags;
  }
  entry.action = action_line(job.written().action);
  entry.slot = slot_of(job);
  entry.policies = policy_words(job, outermost);
  entry.file = written.file->path;
  entry.line = job.place.line;
  entry.is_callback = written.is_callback;
}

}  // namespace

std::string without_items(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const std::size_t item = name.find('[');
    text += name.substr(0, item);
    if (item == std::string_view::npos) break;
    const std::size_t end = name.find("]/", item);
    if (end == std::string_view::npos) break;
    name.remove_prefix(end + 1);
  }
  return text;
}

std::string action_line(const Action& action) { return std::visit(ActionLine(), action); }

void describe_jobs(RunTimeline& timeline, const JobFile* file) {
  Places places;
  for (std::uint32_t i = 0; i < timeline.jobs.size(); ++i) places.try_emplace(timeline.jobs[i].name, i);
  WrittenJobs written;
  if (file != nullptr) add_file(written, *file, *file);
  for (TimelineJob& entry : timeline.jobs) {
    const Written* found = find(written, entry.name);
    const bool is_combination = found != nullptr && found->job->name == entry.name;
    entry.parent = is_combination && is_top(*found->job) ? -1 : parent_of(entry.name, places);
    if (entry.parent >= 0) timeline.jobs[static_cast<std::size_t>(entry.parent)].is_group = true;
    if (found == nullptr) continue;
    describe(entry, *found, *file);
    const std::string around = entry.name.substr(0, entry.name.size() - short_name(*found->job).size());
    for (const Need& need : found->job->needs) {
      const Job& needed = found->group->jobs[need.job];
      auto place = places.find(is_combination ? needed.name : around + std::string(short_name(needed)));
      if (place != places.end()) entry.needs.push_back(place->second);
    }
  }
}

}  // namespace corun
