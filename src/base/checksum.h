// A checksum as written, `sha256:…`, taken apart and checked. Knows nothing of how one is computed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace corun {

/// What bytes are expected to come to.
struct Checksum {
  std::string algorithm;  ///< md5, sha1, sha256 or sha512
  std::string digest;     ///< hexadecimal, lower case
};

/// Reads `ALGORITHM:DIGEST`; the error is fit for people.
Result<Checksum> parse_checksum(std::string_view text);

}  // namespace corun
