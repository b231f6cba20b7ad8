// The protocols a request may use: their names, ports and natures. Knows nothing of how they are spoken.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace corun {

/// What a URL's scheme stands for. Each is one bit, so that they make a set.
enum class Protocol : std::uint8_t { http = 1, https = 2, ftp = 4, ftps = 8, sftp = 16, mqtt = 32 };

/// A set of protocols.
using Protocols = std::uint8_t;

constexpr Protocols as_set(Protocol protocol) { return static_cast<Protocols>(protocol); }
/// What a request may use that doesn't say otherwise, and the only ones that redirect.
inline constexpr Protocols kWebProtocols = as_set(Protocol::http) | as_set(Protocol::https);

constexpr bool contains(Protocols set, Protocol protocol) { return (set & as_set(protocol)) != 0; }
/// Whether responses have a status and headers, and requests a method.
constexpr bool is_web(Protocol protocol) { return contains(kWebProtocols, protocol); }

/// The scheme's name: "sftp".
const char* to_string(Protocol protocol);
/// The port that a URL without one means, in digits.
const char* default_port(Protocol protocol);
/// The protocol of a scheme in lower case; nothing if corun doesn't speak it.
std::optional<Protocol> protocol_named(std::string_view scheme);

}  // namespace corun
