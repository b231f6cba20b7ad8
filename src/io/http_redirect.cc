// The rules of redirects. Knows nothing of sockets.
#include "io/http_redirect.h"

#include <utility>

namespace corun {

HttpHop first_hop(const HttpRequest& request, HttpTarget target) {
  HttpHop hop;
  hop.target = std::move(target);
  hop.method = request.method;
  hop.with_body = request.has_body();
  return hop;
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

Result<HttpHop> next_hop(HttpTargetParser& parser, const HttpRequest& request, const HttpHop& current, int status,
                         const std::string& location) {
  Result<HttpTarget> target = parser.resolve(current.target, location);
  if (!target) return Error{"redirect not followed: " + target.error().message};
  if (current.target.secure && !target->secure) return Error{"redirect from https to http not followed: " + target->url};
  if (!contains(request.protocols(), target->protocol))
    return Error{"redirect to a protocol not listed not followed: " + target->url};
  const bool same = same_origin(current.target, *target);
  if (request.redirects_same_origin && !same) return Error{"redirect to another origin not followed: " + target->url};
  HttpHop hop;
  hop.method = current.method;
  hop.with_body = current.with_body;
  hop.with_headers = current.with_headers && same;
  const bool turns_to_get =
      status == 303 ? current.method != "HEAD" : (status == 301 || status == 302) && current.method == "POST";
  if (turns_to_get) {
    hop.method = "GET";
    hop.with_body = false;
  }
  hop.target = std::move(*target);
  return hop;
}

}  // namespace corun
