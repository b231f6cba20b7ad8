// A file that is (part of) a request's body: read anew for each exchange, never more than its size at the start. Knows nothing
// of requests.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "io/curl_api.h"

namespace corun {

/// An open file and how far it has been sent.
class HttpBodyFile {
 public:
  /// Opens a regular file; the error is fit for people.
  std::optional<Error> open(const std::string& path);
  void close() { fd_.reset(); }

  curl_off_t size() const { return size_; }
  /// Whether there was less to read than the size said, which ended the exchange.
  bool shrank() const { return shrank_; }

  // For libcurl, with the file as their data.
  static std::size_t on_read(char* bytes, std::size_t size, std::size_t count, void* file);
  static int on_seek(void* file, curl_off_t offset, int origin);

 private:
  UniqueFd fd_;
  curl_off_t size_ = 0;
  curl_off_t sent_ = 0;
  bool shrank_ = false;
};

}  // namespace corun
