// Text for GitHub Actions. Knows nothing of files.
#include "report/github.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/duration.h"
#include "base/secret_forms.h"
#include "base/text.h"
#include "graph/diagnostic.h"
#include "report/timeline_failures.h"
#include "report/words.h"

namespace corun {
namespace {

constexpr std::size_t kMostErrors = 9;
constexpr std::size_t kMostReason = 300;  // bytes in a table

bool is_output_name(std::string_view name) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto fits = [&](char c) { return is_word(c) || c == '-' || (c >= '0' && c <= '9'); };
  return !name.empty() && is_word(name.front()) && std::all_of(name.begin(), name.end(), fits);
}

// Nothing in it means anything to Markdown or HTML, and it ends neither line nor cell.
std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : escape_control(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    } else {
      if (std::string_view("\\`*_{}[]#|~!>@$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string shortened(const std::string& text) {
  return text.size() <= kMostReason ? text : std::string(cut_text(text, kMostReason)) + "…";
}

std::string row_of(const TimelineJob& job, const char* pardoned) {
  const bool failed = ended_badly(job) && pardoned == nullptr;
  const std::string word(state_word(job.state));
  const bool ran = job.attempt_count > 0 && !job.restored;
  std::string why = job.restored ? "done by an earlier run" : shortened(job.reason);
  if (ended_badly(job) && pardoned != nullptr) why += std::string(why.empty() ? "" : " ") + "(" + pardoned + ")";
  return "| " + (failed ? "**" + word + "**" : word) + " | " + markdown_text(job.name) + " | " +
         (ran ? format_elapsed(job.ended - job.started) : "") + " | " + (ran ? std::to_string(job.attempt_count) : "") + " | " +
         markdown_text(why) + " |\n";
}

std::string file_in(const GithubPlace& place, const std::string& file) {
  const std::string whole = (std::filesystem::path(place.directory) / file).lexically_normal().string();
  const std::string around = place.workspace + (place.workspace.ends_with('/') ? "" : "/");
  return around.size() > 1 && whole.starts_with(around) ? whole.substr(around.size()) : file;
}

}  // namespace

std::string github_masks(std::string_view secret) {
  std::string commands;
  while (!secret.empty()) {
    const std::size_t end = std::min(secret.find_first_of("\r\n"), secret.size());
    const std::string_view line = secret.substr(0, end);
    secret.remove_prefix(std::min(end + 1, secret.size()));
    if (line.size() >= kMinSecretSize) commands += "::add-mask::" + github_escape(line, false) + "\n";
  }
  return commands;
}

std::string github_annotations(const RunTimeline& timeline, const GithubPlace& place) {
  std::string commands;
  const std::vector<const TimelineJob*> failed = root_failures(timeline);
  for (std::size_t i = 0; i < std::min(failed.size(), kMostErrors); ++i) {
    const TimelineJob& job = *failed[i];
    std::string places;
    const auto property = [&places](const char* name, std::string_view value) {
      places += (places.empty() ? " " : ",") + std::string(name) + "=" + github_escape(escape_control(value), true);
    };
    if (!job.file.empty()) property("file", file_in(place, job.file));
    if (!job.file.empty() && job.line > 0) property("line", std::to_string(job.line));
    property("title", job.name);
    commands += "::error" + places + "::" + github_escape(job.reason.empty() ? count_word(job.state) : job.reason, false) + "\n";
  }
  if (failed.size() > kMostErrors) {
    commands += "::error::+" + std::to_string(failed.size() - kMostErrors) + " more jobs failed\n";
  }
  return commands;
}

std::string github_outputs(const std::vector<std::pair<std::string, std::string>>& outputs, std::string_view token) {
  std::string lines;
  for (const auto& [name, value] : outputs) {
    if (!is_output_name(name)) continue;
    const std::string delimiter = "corun_" + std::string(token);
    lines += name + "<<" + delimiter + "\n" + value + "\n" + delimiter + "\n";
  }
  return lines;
}

std::string github_summary(const RunTimeline& timeline, std::size_t most) {
  const std::string verdict = timeline.verdict.empty() ? "not ended" : timeline.verdict;
  std::string text = "### " + markdown_text(timeline.name) + ": " + markdown_text(verdict) + " after " +
                     format_elapsed(timeline.elapsed) + "\n\n| | job | time | attempts | |\n|---|---|--:|--:|---|\n";
  std::vector<std::string> failed;
  std::vector<std::string> others;
  for (const TimelineJob& job : timeline.jobs) {
    const char* pardoned = pardon(timeline.jobs, job);
    (ended_badly(job) && pardoned == nullptr ? failed : others).push_back(row_of(job, pardoned));
  }
  std::move(others.begin(), others.end(), std::back_inserter(failed));
  constexpr std::size_t kForTheRest = 64;
  if (text.size() + kForTheRest > most) return {};
  for (std::size_t i = 0; i < failed.size(); ++i) {
    if (text.size() + failed[i].size() + kForTheRest > most) {
      text += "\n… and " + std::to_string(failed.size() - i) + " more\n";
      break;
    }
    text += failed[i];
  }
  return text + "\n";
}

}  // namespace corun
