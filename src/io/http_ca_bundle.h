// Finds the system's bundle of trusted certificates. Knows nothing of TLS.
#pragma once

#include <string>

namespace corun {

/// Path of the bundle: SSL_CERT_FILE if it is set, else the first of the usual places that can be read; "" if there is none.
std::string find_ca_bundle();

}  // namespace corun
