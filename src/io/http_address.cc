// The table of private networks. Knows nothing of requests.
#include "io/http_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "io/http_words.h"

namespace corun {
namespace {

struct Network {
  std::uint32_t address;
  int bits;
};

constexpr std::array<Network, 11> kPrivate = {{
    {0x00000000, 8},   // 0.0.0.0/8: unspecified, this network
    {0x0A000000, 8},   // 10.0.0.0/8
    {0x64400000, 10},  // 100.64.0.0/10: shared by carriers
    {0x7F000000, 8},   // 127.0.0.0/8: loopback
    {0xA9FE0000, 16},  // 169.254.0.0/16: link-local
    {0xAC100000, 12},  // 172.16.0.0/12
    {0xC0000000, 24},  // 192.0.0.0/24: of protocols themselves
    {0xC0A80000, 16},  // 192.168.0.0/16
    {0xC6120000, 15},  // 198.18.0.0/15: benchmarks between private networks
    {0xE0000000, 4},   // 224.0.0.0/4: multicast
    {0xF0000000, 4},   // 240.0.0.0/4: reserved, broadcast
}};

bool is_private_v4(std::uint32_t address) {
  return std::ranges::any_of(kPrivate,
                             [&](const Network& network) { return (address ^ network.address) >> (32 - network.bits) == 0; });
}

std::uint32_t number_at(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U | bytes[3];
}

bool is_private_v6(const in6_addr& address) {
  const std::uint8_t* bytes = &address.s6_addr[0];
  if (IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_LOOPBACK(&address)) return true;
  if (bytes[0] == 0xFF || (bytes[0] & 0xFE) == 0xFC) return true;  // multicast, unique local
  if (bytes[0] == 0xFE && (bytes[1] & 0x80) != 0) return true;     // link-local, site-local
  if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) return is_private_v4(number_at(bytes + 12));
  constexpr std::array<std::uint8_t, 12> kTranslated = {0x00, 0x64, 0xFF, 0x9B};  // 64:ff9b::/96
  if (std::equal(kTranslated.begin(), kTranslated.end(), bytes)) return is_private_v4(number_at(bytes + 12));
  constexpr std::array<std::uint8_t, 6> kLocallyTranslated = {0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01};  // 64:ff9b:1::/48
  if (std::equal(kLocallyTranslated.begin(), kLocallyTranslated.end(), bytes)) return true;
  return bytes[0] == 0x20 && bytes[1] == 0x02 && is_private_v4(number_at(bytes + 2));  // 2002::/16
}

}  // namespace

bool is_private(const sockaddr& address) {
  if (address.sa_family == AF_INET) return is_private_v4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  if (address.sa_family == AF_INET6) return is_private_v6(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return true;
}

bool is_private(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return is_private_v4(ntohl(v4.s_addr));
  in6_addr v6{};
  return ::inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &v6) == 1 && is_private_v6(v6);
}

bool is_private_host(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.pop_back();
  constexpr std::string_view kLocal = "localhost";
  if (host.size() >= kLocal.size() && equal_ignoring_case(host.substr(host.size() - kLocal.size()), kLocal) &&
      (host.size() == kLocal.size() || host[host.size() - kLocal.size() - 1] == '.'))
    return true;
  return is_private(host);
}

std::string address_text(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* raw = address.sa_family == AF_INET
                        ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
                        : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  const char* written = ::inet_ntop(address.sa_family, raw, text.data(), text.size());
  return written != nullptr ? written : "an address of an unknown family";
}

}  // namespace corun
