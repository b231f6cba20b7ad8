// Plain text. Knows nothing of what it tells.
#include "report/plain_text.h"

#include <algorithm>

#include "base/text.h"
#include "report/output_tail.h"

namespace corun {
namespace {

constexpr char kEscape = '\x1b';
constexpr std::size_t kMostLine = 900;
constexpr std::uint64_t kMostRead = 64 << 10;  // what progress bars have overwritten is no part of a tail

// Where the sequence that begins at `at` ends.
std::size_t end_of_sequence(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return text.size();
  const char kind = text[at + 1];
  std::size_t end = at + 2;
  if (kind == '[') {
    while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
    return std::min(text.size(), end + 1);
  }
  if (kind == ']') {  // ends with BEL or ESC backslash, or it isn't one
    while (end < text.size() && text[end] != '\a' && text[end] != kEscape && text[end] != '\n') ++end;
    if (end < text.size() && text[end] == kEscape) ++end;
    return std::min(text.size(), end + 1);
  }
  return end;
}

// The carriage return at `at` doesn't just end its line.
bool begins_line_anew(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of('\r', at);
  return next != std::string_view::npos && text[next] != '\n';
}

std::string escape_invalid(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(text.front());
      valid += "\\x";
      valid += kDigits[byte >> 4];
      valid += kDigits[byte & 15];
    } else {
      valid += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

}  // namespace

std::string without_sequences(std::string_view text) {
  std::string plain;
  std::size_t line = 0;  // where it begins in `plain`
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == kEscape) {
      at = end_of_sequence(text, at);
    } else if (text[at] == '\r') {
      if (begins_line_anew(text, at)) plain.resize(line);
      ++at;
    } else {
      plain += text[at];
      if (text[at++] == '\n') line = plain.size();
    }
  }
  return plain;
}

std::string plain_text(std::string_view text) { return escape_invalid(escape_control(without_sequences(text))); }

std::string plain_tail(const OutputLog& log) {
  const std::uint64_t size = log.size();
  const std::uint64_t start = size > kMostRead ? size - kMostRead : 0;
  return last_lines(plain_text(log.read(start, static_cast<std::size_t>(kMostRead))), start == 0);
}

std::string folded(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view margin = line.starts_with("  | ") ? "  | " : "    ";
    while (line.size() > kMostLine) {
      const std::string_view piece = cut_text(line, kMostLine);
      lines.append(piece) += '\n';
      lines += margin;
      line.remove_prefix(piece.size());
    }
    lines.append(line) += '\n';
  }
  return lines;
}

}  // namespace corun
