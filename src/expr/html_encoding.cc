// Finds the encoding of an HTML page. Knows nothing of HTML but where this is written.
#include "expr/html_encoding.h"

#include <algorithm>
#include <cstddef>

namespace corun {
namespace {

constexpr std::size_t kPrescan = 1024;  // as in browsers

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// The name behind `charset` in a tag: `charset="utf-8"`, `content="text/html; charset=utf-8"`.
std::string charset_of(std::string_view tag) {
  std::size_t position = tag.find("charset");
  if (position == std::string_view::npos) return {};
  position = tag.find_first_not_of(" \t\r\n", position + std::string_view("charset").size());
  if (position == std::string_view::npos || tag[position] != '=') return {};
  position = tag.find_first_not_of(" \t\r\n\"'", position + 1);
  if (position == std::string_view::npos) return {};
  return std::string(tag.substr(position, tag.find_first_of(" \t\r\n\"';/>", position) - position));
}

}  // namespace

std::string html_encoding(std::string_view page) {
  if (page.starts_with("\xEF\xBB\xBF")) return "utf-8";
  if (page.starts_with("\xFF\xFE")) return "utf-16le";
  if (page.starts_with("\xFE\xFF")) return "utf-16be";
  const std::string head = lower_case(page.substr(0, kPrescan));
  for (std::size_t start = head.find("<meta"); start != std::string::npos; start = head.find("<meta", start + 1)) {
    const std::size_t end = head.find('>', start);
    std::string name = charset_of(std::string_view(head).substr(start, end - start));
    if (name.empty()) continue;
    // A page in UTF-16 couldn't be read up to here, and browsers take these names for Windows' superset.
    if (name.starts_with("utf-16")) return "utf-8";
    if (name == "iso-8859-1" || name == "latin1" || name == "us-ascii" || name == "ascii") return "windows-1252";
    return name;
  }
  return {};
}

}  // namespace corun
