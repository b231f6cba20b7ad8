// The last lines of a job's output. Knows nothing of where they are shown.
#include "report/output_tail.h"

#include <algorithm>

namespace corun {
namespace {

constexpr std::size_t kMostBytes = 4096;
constexpr int kMostLines = 10;

}  // namespace

std::string last_lines(std::string text, bool whole) {
  if (text.empty()) return text;
  if (text.back() != '\n') text += '\n';
  std::size_t begin = text.size() - 1;  // of the last line's newline
  for (int lines = 0; lines < kMostLines && begin != std::string::npos; ++lines) {
    begin = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
  }
  if (begin != std::string::npos) {
    text.erase(0, begin + 1);
    whole = true;
  }
  if (text.size() > kMostBytes + 1) {
    std::size_t cut = text.size() - kMostBytes - 1;
    while ((text[cut] & 0xC0) == 0x80) ++cut;
    text.erase(0, cut);
    whole = false;
  }
  if (whole) return text;
  // Cut by size: begin with a whole line if there is one, else in mid-line.
  const std::size_t first_end = text.find('\n');
  return first_end + 1 < text.size() ? text.substr(first_end + 1) : "…" + text;
}

std::string output_tail(const OutputLog& log) {
  const std::uint64_t size = log.size();
  const std::uint64_t start = size > kMostBytes ? size - kMostBytes : 0;
  return last_lines(log.read(start, static_cast<std::size_t>(kMostBytes)), start == 0);
}

}  // namespace corun
