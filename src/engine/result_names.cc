// The names of results. Knows nothing of how results come about.
#include "engine/result_names.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/check_expressions.h"
#include "graph/groups.h"

namespace corun {
namespace {

constexpr std::array<std::string_view, 14> kResultNames{"exit_code", "signal", "status", "headers", "body", "json", "stdout",
                                                        "stderr",    "lines",  "rows",   "file",    "size", "time", "attempts"};
constexpr std::array<std::string_view, 3> kOfBody{"body", "json", "lines"};
constexpr std::array<std::string_view, 4> kOfOutput{"stdout", "stderr", "lines", "json"};

}  // namespace

std::uint16_t part_of(std::string_view part) {
  constexpr std::array<std::pair<std::string_view, std::uint16_t>, 8> kParts{{{"outputs", kOutputs},
                                                                              {"headers", kHeaders},
                                                                              {"body", kBody},
                                                                              {"json", kJson},
                                                                              {"stdout", kStdout},
                                                                              {"stderr", kStderr},
                                                                              {"lines", kLines},
                                                                              {"rows", kRows}}};
  if (part.empty()) return kEveryPart;
  for (const auto& [name, bit] : kParts) {
    if (part == name) return static_cast<std::uint16_t>(bit | kState);
  }
  if (part == "results") return kOutputs | kState;
  return kState;
}

std::vector<std::string_view> result_names(const Job& job) {
  std::vector<std::string_view> names(kResultNames.begin(), kResultNames.end());
  if (has_groups(job)) names.emplace_back("results");
  if (std::holds_alternative<std::unique_ptr<GraphSpec>>(job.action)) names.emplace_back("outputs");
  return names;
}

bool saves_body(const Job& job) {
  const auto* http = std::get_if<std::unique_ptr<HttpSpec>>(&job.action);
  return http != nullptr && (*http)->options && (*http)->options->save;
}

std::vector<RefusedName> refused_names(const Job& job, const std::vector<std::string_view>& items, std::string_view key) {
  std::vector<RefusedName> refused;
  const std::vector<std::string_view> of_result = result_names(job);
  for (const std::string_view item : items) {
    if (std::find(of_result.begin(), of_result.end(), item) == of_result.end()) continue;
    refused.push_back({item, "`." + std::string(item) + "` could be the item or what the job's result has by this name",
                       "give the item another name by `as`"});
  }
  if (job.process && job.process->tty) {
    for (const std::string_view name : kOfOutput) {
      refused.push_back({name,
                         "there is no `." + std::string(name) + "` for `" + std::string(key) +
                             "`: with `tty` what the process writes goes to the terminal",
                         "`.exit_code` says how it ended"});
    }
  }
  if (!saves_body(job)) return refused;
  for (const std::string_view name : kOfBody) {
    refused.push_back(
        {name, "there is no `." + std::string(name) + "` for `" + std::string(key) + "`: `save` puts the body into a file",
         "`.file` and `.size` say what was saved"});
  }
  return refused;
}

}  // namespace corun
