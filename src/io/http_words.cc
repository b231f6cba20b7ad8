// Wording and comparing of the short texts of HTTP. Knows nothing of requests.
#include "io/http_words.h"

#include <algorithm>
#include <system_error>

namespace corun {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string lower_first(std::string_view text) {
  std::string out(text);
  // An abbreviation ("SSL …") stays as it is.
  const bool abbreviation = out.size() > 1 && lower(out[1]) != out[1];
  if (!out.empty() && !abbreviation) out[0] = lower(out[0]);
  return out;
}

std::string system_message(int error) { return lower_first(std::generic_category().message(error)); }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace corun
