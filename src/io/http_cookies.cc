// Making of cookie stores. Knows nothing of requests.
#include "io/http_cookies.h"

#include <new>

namespace corun {

HttpCookies::HttpCookies(const CurlApi& api) : api_(api), share_(api.share_init()) {
  if (share_ == nullptr) throw std::bad_alloc();
  api_.share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
  // A handle has one share: TLS sessions, too, belong to those who share the cookies.
  api_.share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

}  // namespace corun
