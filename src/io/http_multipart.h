// A multipart body as libcurl's form, its files read as they are sent. Knows nothing of requests.
#pragma once

#include <list>
#include <optional>
#include <vector>

#include "base/result.h"
#include "io/executor.h"
#include "io/http_body_file.h"

namespace corun {

/// The body of one exchange; must outlive it.
class HttpMultipart {
 public:
  explicit HttpMultipart(const CurlApi& api) : api_(api) {}
  ~HttpMultipart() { api_.mime_free(form_); }
  HttpMultipart(const HttpMultipart&) = delete;
  HttpMultipart& operator=(const HttpMultipart&) = delete;

  /// Builds the body of `parts` for `easy`. An error if a file can't be read.
  std::optional<Error> build(CURL* easy, const std::vector<HttpPartData>& parts);

  /// For CURLOPT_MIMEPOST.
  curl_mime* form() const { return form_; }
  /// Whether one of the files got shorter while it was sent.
  bool shrank() const;

 private:
  std::optional<Error> add_file(curl_mimepart* part, const HttpPartData& data);

  const CurlApi& api_;
  curl_mime* form_ = nullptr;
  std::list<HttpBodyFile> files_;  // libcurl points to them
};

}  // namespace corun
