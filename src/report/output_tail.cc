// The last lines of a job's output. Knows nothing of where they are shown.
#include "report/output_tail.h"

#include <algorithm>

namespace corun {
namespace {

constexpr std::uint64_t kMostBytes = 4096;
constexpr int kMostLines = 10;

}  // namespace

std::string output_tail(const OutputLog& log) {
  const std::uint64_t size = log.size();
  const std::uint64_t start = size > kMostBytes ? size - kMostBytes : 0;
  std::string tail = log.read(start, static_cast<std::size_t>(kMostBytes));
  if (tail.empty()) return tail;
  if (tail.back() != '\n') tail += '\n';
  std::size_t begin = tail.size() - 1;  // of the last line's newline
  for (int lines = 0; lines < kMostLines && begin != std::string::npos; ++lines) {
    begin = begin == 0 ? std::string::npos : tail.rfind('\n', begin - 1);
  }
  if (begin != std::string::npos) return tail.substr(begin + 1);
  if (start == 0) return tail;
  // Cut by size: begin with a whole line if there is one, else in mid-line.
  const std::size_t first_end = tail.find('\n');
  return first_end + 1 < tail.size() ? tail.substr(first_end + 1) : "…" + tail;
}

}  // namespace corun
