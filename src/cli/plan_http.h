// The rarer settings of a request in a plan, credentials as `***`. Knows nothing of how requests are sent.
#pragma once

#include <string>
#include <vector>

#include "io/executor.h"
#include "report/json_object.h"

namespace corun {

/// For people, one phrase a setting.
std::vector<std::string> http_option_words(const HttpRequestOptions& options);

/// Whether `tls` says more than `verify` and `ca`.
bool has_tls_options(const HttpRequest& request);

/// Adds the fields `tls`, and all others but it, to the object of a request.
void append_http_tls(JsonObject& object, const HttpRequest& request);
void append_http_options(JsonObject& object, const HttpRequestOptions& options);

}  // namespace corun
