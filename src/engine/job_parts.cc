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

// Whether the outputs are those that the job names, and no others: a process may write more, a fallback may stand in.
bool names_all_outputs(const Job& job) {
  const bool is_answer = std::holds_alternative<std::unique_ptr<HttpSpec>>(job.action) ||
                         std::holds_alternative<std::unique_ptr<SqlSpec>>(job.action);
  return is_answer && job.fallback == nullptr;
}

}  // namespace

JobReference check_part(const Job& job, const Reference& wanted) {
  const std::string owner = "job `" + wanted.name + '`';
  if (wanted.part.empty()) return {};
  if (wanted.part != kAlsoKnown && std::find(kParts.begin(), kParts.end(), wanted.part) == kParts.end()) {
    return no_such_part(owner + " has no `" + wanted.part + '`', suggestion(wanted.part, kParts),
                        "it has: " + listed(std::span(kParts).first(15)));
  }
  if (wanted.part != "outputs" || wanted.field.empty()) return {};
  const JobFlow* flow = job.flow.get();
  if (flow != nullptr && flow->foreach != nullptr) {
    return no_such_part("the outputs of " + owner + " are a list: one for each item",
                        "such as `.jobs." + wanted.name + ".outputs[]." + wanted.field + '`', {});
  }
  if (!names_all_outputs(job)) return {};
  std::vector<std::string_view> names;
  if (flow != nullptr) {
    for (const OutputRule& rule : flow->outputs) names.push_back(rule.name);
  }
  if (std::find(names.begin(), names.end(), wanted.field) != names.end()) return {};
  return no_such_part(owner + " has no output `" + wanted.field + '`', suggestion(wanted.field, names),
                      names.empty() ? "a job's `outputs` say what others may see" : "its outputs: " + listed(names));
}

}  // namespace corun
