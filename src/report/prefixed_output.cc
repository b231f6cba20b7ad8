// Tags each line of jobs' output with the job's name. Knows nothing of states.
#include "report/prefixed_output.h"

#include <algorithm>

#include "base/text_columns.h"

namespace corun {
namespace {

constexpr std::size_t kLongestLine = 16 * 1024;
constexpr std::size_t kMostColumns = 20;  // longer names stand out
constexpr std::array kColors = {"36", "33", "32", "35", "34", "96"};

}  // namespace

void PrefixedOutput::run_start(const RunStart& start) {
  for (const Job& job : start.file.top.jobs) columns_ = std::max(columns_, text_columns(job.name));
  columns_ = std::min(columns_, kMostColumns);
}

void PrefixedOutput::output(const OutputChunk& chunk) {
  std::string& begun = begun_[chunk.job.id][static_cast<std::size_t>(chunk.stream)];
  std::string_view rest = chunk.bytes;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (begun.empty()) {
      show(chunk.job, line);
      continue;
    }
    begun += line;
    show(chunk.job, begun);
    begun.clear();
  }
  begun += rest;
  if (begun.size() < kLongestLine) return;
  show(chunk.job, begun);
  begun.clear();
}

void PrefixedOutput::show(const Job& job, std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const std::size_t anew = line.rfind('\r'); anew != std::string_view::npos) line.remove_prefix(anew + 1);
  std::string tagged = job.name;
  tagged.append(columns_ - std::min(columns_, text_columns(job.name)), ' ');
  tagged += " |";
  if (color_) tagged = std::string("\x1b[") + kColors[job.id % kColors.size()] + 'm' + tagged + "\x1b[m";
  if (!line.empty()) tagged += ' ';
  tagged += line;
  if (color_ && line.find('\x1b') != std::string_view::npos) tagged += "\x1b[m";
  stream_.start_line();
  stream_.append(tagged);
  stream_.end_style();
  stream_.append("\n");
}

void PrefixedOutput::end_lines(const Job& job) {
  const auto begun = begun_.find(job.id);
  if (begun == begun_.end()) return;
  for (std::string& line : begun->second) {
    if (!line.empty()) show(job, line);
    line.clear();
  }
}

void PrefixedOutput::job_ended(const Job& job) {
  end_lines(job);
  begun_.erase(job.id);
}

}  // namespace corun
