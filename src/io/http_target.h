// Where a request goes: URLs parsed, checked and put together by libcurl's own parser. Knows nothing of connections.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "graph/protocol.h"
#include "io/curl_api.h"

namespace corun {

/// A checked URL and its parts.
struct HttpTarget {
  std::string url;      ///< normalised, ASCII outside the host, without a fragment
  std::string host;     ///< an IPv6 address in brackets
  std::string port;     ///< digits; the scheme's own if the URL has none
  bool secure = false;  ///< https
  Protocol protocol = Protocol::http;

  /// `host:port`.
  std::string authority() const { return host + ':' + port; }
  /// Whether the host is an address: nothing to look up.
  bool is_address() const;
};

/// Same scheme, host and port.
bool same_origin(const HttpTarget& a, const HttpTarget& b);

/// Appends `text` percent-encoded: all bytes but RFC 3986's unreserved ones.
void append_url_encoded(std::string& out, std::string_view text);

/// Makes targets. One parser is enough for any number of them.
class HttpTargetParser {
 public:
  explicit HttpTargetParser(const CurlApi& api);
  ~HttpTargetParser();
  HttpTargetParser(const HttpTargetParser&) = delete;
  HttpTargetParser& operator=(const HttpTargetParser&) = delete;

  using Query = std::span<const std::pair<std::string, std::string>>;

  /// Parses an absolute URL that has a host and no user name, and whose protocol is one of `allowed`, and appends `query` to
  /// its own. The error is fit for people.
  Result<HttpTarget> parse(const std::string& url, Query query, Protocols allowed = kWebProtocols);
  /// Resolves a `Location` against the URL it came from; the same checks, and always http or https.
  Result<HttpTarget> resolve(const HttpTarget& base, const std::string& location);

 private:
  // `url`: the text that was parsed, if it needs no change.
  Result<HttpTarget> read_out(const std::string* url, Protocols allowed);
  // A part of the parsed URL into `out`; false if there is none.
  bool part(CURLUPart which, unsigned int flags, std::string& out);

  const CurlApi& api_;
  CURLU* parser_;
  // The last URL parsed and what it gave: requests to one URL often follow each other.
  std::string last_url_;
  HttpTarget last_;
  Protocols last_allowed_ = kWebProtocols;
};

}  // namespace corun
