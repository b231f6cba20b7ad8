// Which addresses are private: of this machine, of local networks, of no single machine. Knows nothing of requests.
#pragma once

#include <sys/socket.h>

#include <string>

namespace corun {

/// Whether an IPv4 or IPv6 address is loopback, link-local, private (RFC 1918), unique local, shared (100.64/10), unspecified,
/// multicast or broadcast; also where an IPv6 address stands for such an IPv4 one. Other families are private.
bool is_private(const sockaddr& address);

/// The same for an address as text; false if it isn't one.
bool is_private(const std::string& address);

/// Whether a host of a URL is a private address or names this machine (`localhost`): what can be said without a lookup.
bool is_private_host(std::string host);

/// The address as text.
std::string address_text(const sockaddr& address);

}  // namespace corun
