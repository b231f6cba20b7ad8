// What a secret may look like where it is shown: as it is, and as programs encode it. Knows nothing of where that is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace corun {

inline constexpr std::size_t kMinSecretSize = 4;           ///< bytes; shorter ones are in any text by chance
inline constexpr std::size_t kMaxSecretSize = 64U << 10U;  ///< bytes

/// The texts that give `secret` away, without blanks at its ends: itself, in Base64 (wherever in a longer text; by itself also in
/// lines of 64 or 76), in Base64 of URLs, in hexadecimal, percent-encoded (as RFC 3986, forms and JavaScript do it), in a JSON
/// string, in HTML or XML, in words quoted for a shell, between doubled quotes, and with control characters escaped; besides,
/// each of its lines of at least kMinSecretSize bytes, as it is and escaped. None if there are fewer than kMinSecretSize or more
/// than kMaxSecretSize bytes of it.
std::vector<std::string> secret_forms(std::string_view secret);

}  // namespace corun
