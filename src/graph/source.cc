// The text of a job file: offsets to lines and columns. Knows no YAML events.
#include "graph/source.h"

#include <algorithm>
#include <cstddef>

namespace corun {
namespace {

constexpr std::size_t kBlock = 256;

std::size_t count_continuation_bytes(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }));
}

// Where the quoted text at the start of `line` ends.
std::size_t quoted_end(std::string_view line) {
  const char quote = line[0];
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && quote == '"') {
      ++i;
    } else if (line[i] == quote) {
      return i + 1;
    }
  }
  return line.size();
}

// Where the flow list or map at the start of `line` ends.
std::size_t flow_end(std::string_view line) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' || c == '\'') {
      i += quoted_end(line.substr(i)) - 1;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return i + 1;
    }
  }
  return line.size();
}

// Where the plain words at the start of `line` end: before a comment, a `: ` or what ends them inside a flow list.
std::size_t plain_end(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size()) {
    const char c = line[end];
    const bool before_space = end + 1 == line.size() || line[end + 1] == ' ';
    if ((c == ':' && before_space) || (c == ',' && before_space) || c == ']' || c == '}' ||
        (c == ' ' && end + 1 < line.size() && line[end + 1] == '#'))
      break;
    ++end;
  }
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  return end;
}

}  // namespace

Source::Source(std::string_view text, std::uint32_t file) : text_(text), file_(file) {
  line_starts_.push_back(0);
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(end + 1));
  }
  if (count_continuation_bytes(text) == 0) return;
  std::size_t count = 0;
  for (std::size_t block = 0; block <= text.size(); block += kBlock) {
    continuation_bytes_.push_back(static_cast<std::uint32_t>(count));
    count += count_continuation_bytes(text.substr(block, kBlock));
  }
}

std::uint32_t Source::characters(std::size_t from, std::size_t to) const {
  std::size_t count = to - from;
  if (!continuation_bytes_.empty()) {
    const auto before = [&](std::size_t offset) {
      const std::size_t block = offset / kBlock;
      return continuation_bytes_[block] + count_continuation_bytes(text_.substr(block * kBlock, offset - block * kBlock));
    };
    count -= before(to) - before(from);
  }
  return static_cast<std::uint32_t>(count);
}

Place Source::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - line_starts_.begin());
  return {line, characters(line_starts_[line - 1], offset) + 1, file_};
}

std::uint32_t Source::extent(std::size_t offset) const {
  if (offset >= text_.size()) return 1;
  // No more of a line is ever shown.
  constexpr std::size_t kMost = 1024;
  std::string_view line = text_.substr(offset, kMost);
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.empty()) return 1;
  std::size_t end = 0;
  switch (line[0]) {
    case '"':
    case '\'': end = quoted_end(line); break;
    case '[':
    case '{': end = flow_end(line); break;
    default: end = plain_end(line);
  }
  return std::max<std::uint32_t>(1, characters(offset, offset + end));
}

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::string_view line_of(std::string_view text, std::uint32_t number) {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string_view::npos) return {};
    start = end + 1;
  }
  std::string_view line = text.substr(start, text.find('\n', start) - start);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace corun
