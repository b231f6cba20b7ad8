// Columns of texts and terminals. Knows nothing of what the texts mean.
#include "cli/text_width.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace corun {
namespace {

// The code point of a well-formed sequence.
char32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  char32_t point = first & (0xFFU >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) point = point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return point;
}

// Those that East Asian scripts and emoji take; what is rare may be off by one.
std::size_t columns_of(char32_t point) {
  const auto within = [point](char32_t first, char32_t last) { return point >= first && point <= last; };
  if (within(0x300, 0x36F) || within(0x200B, 0x200F) || within(0xFE00, 0xFE0F)) return 0;
  const bool wide = within(0x1100, 0x115F) || within(0x2E80, 0xA4CF) || within(0xAC00, 0xD7A3) || within(0xF900, 0xFAFF) ||
                    within(0xFE30, 0xFE6F) || within(0xFF00, 0xFF60) || within(0xFFE0, 0xFFE6) || within(0x1F300, 0x1FAFF) ||
                    within(0x20000, 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    if (text.starts_with("\x1b[")) {
      text.remove_prefix(std::min(text.size(), text.find('m') + 1));
      continue;
    }
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    columns += columns_of(code_point(text.substr(0, length)));
    text.remove_prefix(length);
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::string cut;
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    columns += columns_of(code_point(text.substr(0, length)));
    if (columns + 1 > width) break;
    cut += text.substr(0, length);
    text.remove_prefix(length);
  }
  return width == 0 ? cut : cut + "…";
}

std::size_t terminal_width(int fd) {
  struct winsize size {};
  return ::isatty(fd) == 1 && ::ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace corun
