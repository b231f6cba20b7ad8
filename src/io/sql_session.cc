// Command tags, and the words that matter in a statement. Knows nothing of connections.
#include "io/sql_session.h"

#include <algorithm>
#include <array>

namespace corun {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Whether `part`, in lower case, is somewhere in `text`, in strings and comments too.
bool mentions(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) { return lower(a) == b; }) !=
         text.end();
}

// `text` without the comment, which may hold others, that it starts with.
std::string_view without_block_comment(std::string_view text) {
  std::size_t depth = 0;
  while (!text.empty()) {
    const bool opens = text.starts_with("/*");
    const bool closes = text.starts_with("*/");
    text.remove_prefix(opens || closes ? 2 : 1);
    if (opens) ++depth;
    if (closes && --depth == 0) break;
  }
  return text;
}

std::string_view first_word(std::string_view text) {
  for (;;) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    if (text.starts_with("--")) {
      text.remove_prefix(std::min(text.find_first_of("\r\n"), text.size()));
    } else if (text.starts_with("/*")) {
      text = without_block_comment(text);
    } else {
      break;
    }
  }
  return text.substr(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) - text.begin()));
}

bool is_keyword(std::string_view word, std::string_view keyword) {
  return word.size() == keyword.size() && mentions(word, keyword);
}

}  // namespace

bool leaves_session_alone(std::string_view query, std::string_view tag) {
  // Functions that set something; the locks stay even if the statement fails.
  constexpr std::array<std::string_view, 4> kSetters{"set_config", "setseed", "advisory_lock", "dblink_connect"};
  if (std::any_of(kSetters.begin(), kSetters.end(), [&](std::string_view name) { return mentions(query, name); })) return false;
  if (tag.empty()) return true;
  const std::string_view command = tag.substr(0, tag.find(' '));
  // SELECT … INTO and CREATE TABLE … AS have this tag, too.
  if (command == "SELECT") return !mentions(query, "into") && !mentions(query, "create");
  constexpr std::array<std::string_view, 5> kHarmless{"INSERT", "UPDATE", "DELETE", "MERGE", "REFRESH"};
  return std::find(kHarmless.begin(), kHarmless.end(), command) != kHarmless.end();
}

bool may_commit_midway(std::string_view query) {
  const std::string_view word = first_word(query);
  return is_keyword(word, "call") || is_keyword(word, "do");
}

}  // namespace corun
