// libcrypto's functions, found at run time, and digests made with them. Knows nothing of files.
#include "io/digest.h"

#include <dlfcn.h>

#include <array>
#include <new>
#include <stdexcept>
#include <utility>

namespace corun {
namespace {

// libcrypto's functions; its types are only ever passed on.
struct CryptoApi {
  const void* (*digest_by_name)(const char* name);
  void* (*context_new)();
  void (*context_free)(void* context);
  int (*init)(void* context, const void* algorithm, void* engine);
  int (*update)(void* context, const void* bytes, std::size_t size);
  int (*final)(void* context, unsigned char* digest, unsigned int* size);
};

Result<CryptoApi> load() {
  void* library = nullptr;
  for (const char* name : {"libcrypto.so.3", "libcrypto.so.1.1"}) {
    if (library == nullptr) library = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  }
  if (library == nullptr) return Error{"checksums need OpenSSL's libcrypto, which can't be loaded"};
  CryptoApi api{};
  bool complete = true;
  const auto find = [&](const char* name, auto& function) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    complete = complete && function != nullptr;
  };
  find("EVP_get_digestbyname", api.digest_by_name);
  find("EVP_MD_CTX_new", api.context_new);
  find("EVP_MD_CTX_free", api.context_free);
  find("EVP_DigestInit_ex", api.init);
  find("EVP_DigestUpdate", api.update);
  find("EVP_DigestFinal_ex", api.final);
  if (!complete) return Error{"checksums need OpenSSL's libcrypto 1.1 or newer"};
  return api;
}

const Result<CryptoApi>& crypto() {
  static const Result<CryptoApi> loaded = load();
  return loaded;
}

void check(int success) {
  if (success != 1) throw std::logic_error("libcrypto can't go on with a digest");
}

}  // namespace

Result<ByteDigest> ByteDigest::create(const std::string& algorithm) {
  const Result<CryptoApi>& api = crypto();
  if (!api) return api.error();
  const void* found = api->digest_by_name(algorithm.c_str());
  Context context(api->context_new(), api->context_free);
  if (context == nullptr) throw std::bad_alloc();
  if (found == nullptr || api->init(context.get(), found, nullptr) != 1) {
    return Error{"OpenSSL here doesn't allow " + algorithm};
  }
  return ByteDigest(std::move(context), found);
}

void ByteDigest::update(std::string_view bytes) { check(crypto()->update(context_.get(), bytes.data(), bytes.size())); }

void ByteDigest::restart() { check(crypto()->init(context_.get(), algorithm_, nullptr)); }

std::string ByteDigest::finish() {
  constexpr std::size_t kLargest = 64;  // EVP_MAX_MD_SIZE
  std::array<unsigned char, kLargest> bytes{};
  unsigned int size = 0;
  check(crypto()->final(context_.get(), bytes.data(), &size));
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kHexDigits[bytes[i] >> 4];
    text += kHexDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace corun
