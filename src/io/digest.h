// Digests of bytes as they come, computed by OpenSSL's libcrypto, which is loaded at the first one. Knows nothing of files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace corun {

/// One digest in the making.
class ByteDigest {
 public:
  /// `algorithm`: md5, sha1, sha256 or sha512. An error if libcrypto is missing, or refuses it (by policy).
  static Result<ByteDigest> create(const std::string& algorithm);

  void update(std::string_view bytes);
  /// Forgets what it was given.
  void restart();
  /// The digest of all it was given, hexadecimal in lower case. After that only `restart` is allowed.
  std::string finish();

 private:
  // Pointers of libcrypto: EVP_MD_CTX, EVP_MD.
  using Context = std::unique_ptr<void, void (*)(void*)>;
  ByteDigest(Context context, const void* algorithm) : context_(std::move(context)), algorithm_(algorithm) {}

  Context context_;
  const void* algorithm_;
};

}  // namespace corun
