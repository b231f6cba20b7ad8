// What a transfer's bad end means: libcurl's codes as failures with words for people. Knows nothing of running transfers.
#pragma once

#include <string_view>

#include "base/outcome.h"
#include "io/curl_api.h"
#include "io/http_target.h"

namespace corun {

/// What is known of a transfer that ended badly.
struct HttpTransferEnd {
  CURLcode code = CURLE_OK;
  int system_error = 0;        ///< errno of the connection; 0: none
  curl_off_t received = 0;     ///< bytes of the body
  curl_off_t expected = -1;    ///< by Content-Length; -1: unknown
  bool request_begun = false;  ///< the connection was up, and sending may have begun
  bool headers_complete = false;
  std::string_view detail;   ///< libcurl's own words; may be empty
  std::string_view meaning;  ///< the same for all transfers that end with `code`
  std::string_view proxy;    ///< its URL without password; "": none
  int proxy_status = 0;      ///< its answer to CONNECT; 0: none
};

/// The failure a transfer to `target` ended with; `unsent` is true if sending hadn't begun. `end.code` isn't CURLE_OK,
/// unless the headers are incomplete.
Outcome failure_of(const HttpTransferEnd& end, const HttpTarget& target);

}  // namespace corun
