// The table of protocols. Knows nothing of how they are spoken.
#include "graph/protocol.h"

#include <array>

namespace corun {
namespace {

constexpr std::array kProtocols{Protocol::http, Protocol::https, Protocol::ftp, Protocol::ftps, Protocol::sftp, Protocol::mqtt};

}  // namespace

const char* to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::http: return "http";
    case Protocol::https: return "https";
    case Protocol::ftp: return "ftp";
    case Protocol::ftps: return "ftps";
    case Protocol::sftp: return "sftp";
    case Protocol::mqtt: return "mqtt";
  }
  return "";
}

const char* default_port(Protocol protocol) {
  switch (protocol) {
    case Protocol::http: return "80";
    case Protocol::https: return "443";
    case Protocol::ftp: return "21";
    case Protocol::ftps: return "990";
    case Protocol::sftp: return "22";
    case Protocol::mqtt: return "1883";
  }
  return "";
}

std::optional<Protocol> protocol_named(std::string_view scheme) {
  for (const Protocol protocol : kProtocols) {
    if (scheme == to_string(protocol)) return protocol;
  }
  return std::nullopt;
}

}  // namespace corun
