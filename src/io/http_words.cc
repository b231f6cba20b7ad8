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
  // An abbreviation ("SSL …") or a name ("OpenSSL/3 …") stays as it is.
  bool is_name = false;
  for (std::size_t i = 1; i < out.size() && out[i] != ' '; ++i) is_name = is_name || lower(out[i]) != out[i];
  if (!out.empty() && !is_name) out[0] = lower(out[0]);
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

std::string without_password(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  const std::size_t colon = std::min(authority.find(':'), at);
  const std::string_view user = colon == at ? "" : authority.substr(0, colon + 1);  // alone it may be a token
  return std::string(url.substr(0, begin)).append(user).append("***").append(url.substr(begin + at));
}

std::string private_refused(const std::string& host, const std::string& address) {
  const std::string which = address.empty() || address == host ? host + " is" : host + " is at " + address + ",";
  return which + " a private address, which `network: {deny: private}` refuses";
}

}  // namespace corun
