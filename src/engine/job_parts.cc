// Judges references by what kind of job it is and what it says of its outputs. Knows nothing of results.
#include "engine/job_parts.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"

namespace corun {
namespace {

constexpr std::array<std::string_view, 20> kParts{"outputs", "state",   "error", "attempts", "time",   "exit_code", "signal",
                                                  "status",  "headers", "body",  "json",     "stdout", "stderr",    "lines",
                                                  "rows",    "results", "items", "outcome",  "file",   "size"};
constexpr std::string_view kAlsoKnown = "conclusion";  // beside outcome

JobReference no_such_part(std::string message, std::string label, std::string help) {
  JobReference reference;
  reference.verdict = JobReference::Verdict::no_such_part;
  reference.message = std::move(message);
  reference.label = std::move(label);
  reference.help = std::move(help);
  return reference;
}

std::string listed(std::span<const std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "`" : ", `") + std::string(name) + '`';
  return list;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> candidates) {
  const std::string_view similar = most_similar(name, candidates);
  return similar.empty() ? std::string() : "did you mean `" + std::string(similar) + "`?";
}

// Whether the outputs of its own action are those that the job names, and no others: a process may write more.
bool names_own_outputs(const Job& job) {
  return std::holds_alternative<std::unique_ptr<HttpSpec>>(job.action) ||
         std::holds_alternative<std::unique_ptr<SqlSpec>>(job.action);
}

// The same of whatever its result is: a fallback may stand in.
bool names_all_outputs(const Job& job) { return names_own_outputs(job) && job.fallback == nullptr; }

std::vector<std::string_view> output_names(const Job& job) {
  std::vector<std::string_view> names;
  if (job.flow == nullptr) return names;
  for (const OutputRule& rule : job.flow->outputs) names.push_back(rule.name);
  return names;
}

}  // namespace

JobReference check_part(const Job& job, const Reference& wanted) {
  const std::string owner = "job `" + wanted.name + '`';
  if (wanted.part.empty()) return {};
  if (wanted.part != kAlsoKnown && std::find(kParts.begin(), kParts.end(), wanted.part) == kParts.end()) {
    return no_such_part(owner + " has no `" + wanted.part + '`', suggestion(wanted.part, kParts),
                        "it has: " + listed(std::span(kParts).first(15)));
  }
  constexpr std::array<std::string_view, 4> kOfOutput{"stdout", "stderr", "lines", "json"};
  if (job.process && job.process->tty && std::find(kOfOutput.begin(), kOfOutput.end(), wanted.part) != kOfOutput.end()) {
    return no_such_part(owner + " has no `" + wanted.part + "`: with `tty` what it writes goes to the terminal", {}, {});
  }
  if (wanted.part != "outputs" || wanted.field.empty()) return {};
  const JobFlow* flow = job.flow.get();
  if (flow != nullptr && flow->foreach != nullptr) {
    return no_such_part("the outputs of " + owner + " are a list: one for each item",
                        "such as `.jobs." + wanted.name + ".outputs[]." + wanted.field + '`', {});
  }
  if (!names_all_outputs(job)) return {};
  const std::vector<std::string_view> names = output_names(job);
  if (std::find(names.begin(), names.end(), wanted.field) != names.end()) return {};
  return no_such_part(owner + " has no output `" + wanted.field + '`', suggestion(wanted.field, names),
                      names.empty() ? "a job's `outputs` say what others may see" : "its outputs: " + listed(names));
}

JobReference refused_self(const Reference& wanted, Standpoint from) {
  constexpr std::array<std::string_view, 5> kOfError{"kind", "message", "exit_code", "signal", "status"};
  const std::string message = "`.jobs." + wanted.name + "` is this job itself: ";
  const std::string about_error = "`.error` has " + listed(kOfError);
  if (from == Standpoint::result) {
    return no_such_part(message + "its result isn't among `.jobs` yet",
                        wanted.part.empty() ? std::string() : "write `." + wanted.part + '`', "what it came to is at the top");
  }
  std::string instead = "`.error` and `.attempt`";
  if (wanted.part == "error") instead = "`.error`";
  if (wanted.part == "attempts") instead = "`.attempt`";
  if (std::find(kOfError.begin(), kOfError.end(), wanted.part) != kOfError.end()) instead = "`.error." + wanted.part + '`';
  if (from == Standpoint::callback) {
    return no_such_part(message + "its callbacks see how it ended, and not its result", "write " + instead,
                        about_error + "; it is null if all went well");
  }
  return no_such_part(message + "its result isn't there before it has ended", {},
                      "a fallback and another attempt see " + instead + " of the one before: " + about_error);
}

JobReference check_previous(const Job& job, const Reference& wanted) {
  if (!names_own_outputs(job)) return {};
  const std::vector<std::string_view> names = output_names(job);
  if (names.empty()) {
    return no_such_part("there is nothing in `.previous`: job `" + job.name + "` has no `outputs`",
                        "add `outputs: {…}`: they are what the next round sees", {});
  }
  if (wanted.name.empty() || std::find(names.begin(), names.end(), wanted.name) != names.end()) return {};
  return no_such_part("job `" + job.name + "` has no output `" + wanted.name + "` for `.previous`",
                      suggestion(wanted.name, names), "its outputs: " + listed(names));
}

RefusedName refused_previous(const Job* job) {
  const bool has_rounds = job == nullptr || (job->flow != nullptr && job->flow->repeat.has_value());
  if (has_rounds) {
    return {"previous", "there is no `.previous` here: no round comes before",
            "only a job with `repeat` sees it, from its action on"};
  }
  return {"previous", "`.previous` is what the round before gave, and this job has no `repeat`", "add `repeat: {until: …}`"};
}

}  // namespace corun
