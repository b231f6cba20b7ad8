// What few requests need, as options of an easy handle that serves them alone: authentication by libcurl, a client's
// certificate, a proxy, a multipart body. Knows nothing of redirects.
#pragma once

#include <optional>

#include "base/result.h"
#include "io/executor.h"
#include "io/http_multipart.h"
#include "io/http_redirect.h"

namespace corun {

/// Whether a request sets options that must not stay for the next one: its handle isn't used again.
bool has_extras(const HttpRequest& request);

/// Sets the options of `request` for `hop` on a handle of its own; what they need lives in `multipart`. An error, fit for
/// people, if a file can't be read or policy refuses the target.
std::optional<Error> set_extras(const CurlApi& api, CURL* easy, const HttpRequest& request, const HttpHop& hop,
                                HttpMultipart& multipart);

}  // namespace corun
