// What is sent next when a response redirects: method, body, headers, and whether it may be followed. Knows no sockets.
#pragma once

#include <string>

#include "base/result.h"
#include "io/executor.h"
#include "io/http_target.h"

namespace corun {

/// One request on the way through redirects; the first is the job's own.
struct HttpHop {
  HttpTarget target;
  std::string method;
  bool with_body = false;
  /// With the job's own headers, authentication and client certificate; once dropped on the way to another origin they stay
  /// dropped.
  bool with_headers = true;
};

/// The hop a request starts with.
HttpHop first_hop(const HttpRequest& request, HttpTarget target);

/// Whether a response with this status and a Location asks for another request: 301, 302, 303, 307, 308.
bool is_redirect(int status);

/// The hop after `current`. 301 and 302 turn POST, 303 everything but HEAD into a GET without a body (RFC 9110 §15.4, as
/// browsers do); 307 and 308 keep method and body. Another origin gets none of the job's headers, authentication and
/// certificates. The error says why the redirect isn't followed: https to http, another origin where only the same is allowed, a
/// URL that can't be used.
Result<HttpHop> next_hop(HttpTargetParser& parser, const HttpRequest& request, const HttpHop& current, int status,
                         const std::string& location);

}  // namespace corun
