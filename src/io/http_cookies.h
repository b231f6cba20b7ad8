// A store of cookies that requests share, kept by libcurl. Knows nothing of requests.
#pragma once

#include "io/curl_api.h"

namespace corun {

/// The cookies of one job or one session. libcurl decides by domain, path and scheme which of them a request gets.
class HttpCookies {
 public:
  explicit HttpCookies(const CurlApi& api);
  /// No handle may use them any more.
  ~HttpCookies() { api_.share_cleanup(share_); }
  HttpCookies(const HttpCookies&) = delete;
  HttpCookies& operator=(const HttpCookies&) = delete;

  /// For CURLOPT_SHARE.
  CURLSH* share() const { return share_; }

 private:
  const CurlApi& api_;
  CURLSH* share_;
};

}  // namespace corun
