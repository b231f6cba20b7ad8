// Reading of checksums. Knows nothing of how one is computed.
#include "base/checksum.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace corun {
namespace {

// The algorithms and the number of their hexadecimal digits.
constexpr std::array<std::pair<std::string_view, std::size_t>, 4> kAlgorithms{
    {{"md5", 32}, {"sha1", 40}, {"sha256", 64}, {"sha512", 128}}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_hexadecimal(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

Result<Checksum> parse_checksum(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return Error{"a checksum is written `sha256:` and its hexadecimal digits"};
  Checksum checksum{lower(text.substr(0, colon)), lower(text.substr(colon + 1))};
  const auto known = std::ranges::find(kAlgorithms, checksum.algorithm, [](const auto& each) { return each.first; });
  if (known == kAlgorithms.end()) return Error{"a checksum is of md5, sha1, sha256 or sha512"};
  if (checksum.digest.size() == known->second && std::ranges::all_of(checksum.digest, is_hexadecimal)) return checksum;
  return Error{"a checksum of " + checksum.algorithm + " has " + std::to_string(known->second) + " hexadecimal digits"};
}

}  // namespace corun
