// The usual places of the bundle of trusted certificates. Knows nothing of TLS.
#include "io/http_ca_bundle.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace corun {

std::string find_ca_bundle() {
  if (const char* path = std::getenv("SSL_CERT_FILE"); path != nullptr && *path != '\0') return path;
  constexpr std::array<const char*, 5> kPlaces = {
      "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch, Gentoo
      "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora, RHEL
      "/etc/ssl/ca-bundle.pem",              // openSUSE
      "/etc/ssl/cert.pem",                   // Alpine
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  };
  for (const char* place : kPlaces) {
    if (::access(place, R_OK) == 0) return place;
  }
  return "";
}

}  // namespace corun
