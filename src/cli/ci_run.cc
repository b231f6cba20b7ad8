// A run in a CI system. Knows nothing of how jobs run.
#include "cli/ci_run.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/random_hex.h"
#include "base/unique_fd.h"
#include "base/write_all.h"
#include "expr/json.h"
#include "report/github.h"

namespace corun {
namespace {

constexpr std::size_t kToken = 16;                   // bytes
constexpr std::size_t kMostSummary = (1 << 20) - 1;  // of a step, whoever wrote it

std::unique_ptr<Folds> make_folds(bool is_github) {
  if (is_github) return std::make_unique<GithubFolds>(random_hex(kToken));
  return std::make_unique<GitlabFolds>(random_hex(kToken));
}

// Adds what `make` makes for the bytes that are left of `most` to a file of the CI system, on a line of its own. Gives an errno.
template <typename Make>
int append(const std::string& path, std::size_t most, Make make) {
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return errno;
  const auto size = static_cast<std::size_t>(status.st_size);
  char last = '\n';
  if (size > 0) static_cast<void>(::pread(file.get(), &last, 1, status.st_size - 1));
  const std::string text = make(most - std::min(most, size + 1));
  return text.empty() ? 0 : write_all(file.get(), (last == '\n' ? "" : "\n") + text);
}

std::vector<std::pair<std::string, std::string>> values_of(const std::string& outputs) {
  std::vector<std::pair<std::string, std::string>> values;
  if (outputs.empty()) return values;
  if (const Result<Json> parsed = Json::parse(outputs)) {
    parsed->for_each_field([&](std::string_view name, const Json& value) {
      values.emplace_back(name, value.is_string() ? std::string(value.text()) : value.dump());
    });
  }
  return values;
}

}  // namespace

std::unique_ptr<CiRun> CiRun::detect(const Arguments& arguments, const LoadedGraph& graph, const GetVariable& variable,
                                     OutputStream& out, OutputStream& err) {
  const bool is_github = variable_text(variable, "GITHUB_ACTIONS") == "true";
  const bool is_gitlab = variable_text(variable, "GITLAB_CI") == "true";
  if ((!is_github && !is_gitlab) || arguments.cron || !variable_text(variable, "CORUN_RUN").empty()) return nullptr;
  const bool has_text = arguments.output == OutputFormat::text;
  OutputStream& log = has_text ? out : err;
  for (const std::string& secret : graph.secrets) {
    if (is_github) log.append(github_masks(secret));
  }
  log.offer();
  return std::unique_ptr<CiRun>(new CiRun(is_github, has_text && arguments.quiet == 0, variable, log));
}

CiRun::CiRun(bool is_github, bool shows, const GetVariable& variable, OutputStream& log)
    : is_github_(is_github), folds_(make_folds(is_github)), output_(log, *folds_, shows), log_(log) {
  if (!is_github) return;
  std::error_code ignored;
  place_ = {variable_text(variable, "GITHUB_WORKSPACE"), std::filesystem::current_path(ignored).string()};
  outputs_file_ = variable_text(variable, "GITHUB_OUTPUT");
  summary_file_ = variable_text(variable, "GITHUB_STEP_SUMMARY");
}

std::string CiRun::end(const RunTimeline& timeline) {
  output_.end();
  if (!is_github_) return {};
  log_.append(github_annotations(timeline, place_));
  std::string problems;
  const auto note = [&problems](const std::string& file, int error) {
    if (error != 0) problems += "corun: " + file + " can't be written: " + std::strerror(error) + "\n";
  };
  if (!outputs_file_.empty()) {
    const auto lines = [&](std::size_t) { return github_outputs(values_of(timeline.outputs), random_hex(kToken)); };
    note(outputs_file_, append(outputs_file_, 0, lines));
  }
  if (!summary_file_.empty()) {
    const auto table = [&](std::size_t most) { return github_summary(timeline, most); };
    note(summary_file_, append(summary_file_, kMostSummary, table));
  }
  return problems;
}

}  // namespace corun
