// Headers to be sent, as libcurl's lists, made once for each content and shared. Knows nothing of what they mean to servers.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "io/curl_api.h"
#include "io/executor.h"
#include "io/http_redirect.h"

namespace corun {

/// An immutable list of header lines for CURLOPT_HTTPHEADER.
class HttpHeaderList {
 public:
  /// `lines`: each ended by a newline.
  HttpHeaderList(const CurlApi& api, std::string_view lines);
  ~HttpHeaderList() { api_.slist_free_all(list_); }
  HttpHeaderList(const HttpHeaderList&) = delete;
  HttpHeaderList& operator=(const HttpHeaderList&) = delete;

  curl_slist* get() const { return list_; }

 private:
  const CurlApi& api_;
  curl_slist* list_ = nullptr;
};

/// The lists made so far, by content.
class HttpHeaderCache {
 public:
  explicit HttpHeaderCache(const CurlApi& api) : api_(api) {}

  /// The headers of a hop that corun sets itself, `more` among them (lines, each ended by a newline); null if there are none.
  /// The list is shared with every equal request. libcurl's own content type and its wait for "100 Continue" are switched off.
  std::shared_ptr<const HttpHeaderList> list_for(const HttpRequest& request, const HttpHop& hop, std::string_view more = {});

 private:
  const CurlApi& api_;
  std::string lines_;  // of the request looked up; kept for its memory
  std::unordered_map<std::string, std::shared_ptr<const HttpHeaderList>> lists_;
};

}  // namespace corun
