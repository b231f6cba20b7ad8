// Authorization headers and the canonical query. Knows nothing of connections.
#include "io/http_auth.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace corun {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
  }
  return out;
}

}  // namespace

std::string authorization(const HttpCredentials& credentials) {
  switch (credentials.kind) {
    case HttpAuth::Kind::basic: return "Basic " + base64(credentials.user + ':' + credentials.password);
    case HttpAuth::Kind::bearer: return "Bearer " + credentials.password;
    default: return {};
  }
}

std::string with_sorted_query(std::string_view url) {
  const std::size_t begin = url.find('?');
  if (begin == std::string_view::npos) return std::string(url);
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  for (std::string_view rest = url.substr(begin + 1); !rest.empty();) {
    const std::string_view parameter = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    if (parameter.empty()) continue;
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    parameters.emplace_back(parameter.substr(0, equals), parameter.substr(std::min(equals + 1, parameter.size())));
  }
  std::ranges::sort(parameters);
  std::string out(url.substr(0, begin));
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    out += std::exchange(separator, '&');
    out.append(name).append(1, '=').append(value);
  }
  return out;
}

}  // namespace corun
