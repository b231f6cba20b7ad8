// Marks in the logs of CI systems. Knows nothing of where the logs are.
#include "report/folds.h"

#include "base/text.h"
#include "graph/diagnostic.h"

namespace corun {
namespace {

constexpr std::string_view kErase = "\x1b[0K";

std::string seconds(WallTime time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

}  // namespace

std::string GithubFolds::fold(std::string_view title, WallTime /*from*/) {
  return end() + "::group::" + github_escape(title, false) + "\n" + begin();
}

std::string GithubFolds::unfold(WallTime /*to*/) { return end() + "::endgroup::\n" + begin(); }

std::string GitlabFolds::fold(std::string_view title, WallTime from) {
  ++count_;
  std::string mark(kErase);
  mark += "section_start:" + seconds(from) + ":" + name() + "[collapsed=true]\r";
  return mark.append(kErase) + escape_control(title) + "\n";
}

std::string GitlabFolds::unfold(WallTime to) {
  std::string mark(kErase);
  mark += "section_end:" + seconds(to) + ":" + name() + "\r";
  return mark.append(kErase) + "\n";
}

}  // namespace corun
