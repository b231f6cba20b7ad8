// The options of requests with extras. Knows nothing of redirects.
#include "io/http_extras.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "io/http_address.h"
#include "io/http_auth.h"
#include "io/http_words.h"

namespace corun {
namespace {

using Kind = HttpAuth::Kind;

class Options {
 public:
  Options(const CurlApi& api, CURL* easy) : api_(api), easy_(easy) {}
  void set(CURLoption option, long value) const { api_.easy_setopt(easy_, option, value); }
  void set(CURLoption option, const std::string& value) const { api_.easy_setopt(easy_, option, value.c_str()); }
  void set(CURLoption option, const std::optional<std::string>& value) const {
    if (value) set(option, *value);
  }

 private:
  const CurlApi& api_;
  CURL* easy_;
};

std::optional<Error> check_readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return std::nullopt;
  return Error{"cannot read " + path + ": " + system_message(errno)};
}

std::optional<Error> set_netrc(const Options& options, std::string file) {
  if (file.empty()) {
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') return Error{"`netrc: true` needs HOME to be set"};
    file = std::string(home) + "/.netrc";
  }
  if (std::optional<Error> error = check_readable(file)) return error;
  options.set(CURLOPT_NETRC, CURL_NETRC_OPTIONAL);
  options.set(CURLOPT_NETRC_FILE, file);
  return std::nullopt;
}

std::optional<Error> set_auth(const Options& options, const HttpCredentials& auth, const HttpTarget& target) {
  if (auth.kind == Kind::netrc) return set_netrc(options, auth.netrc_file);
  if (auth.kind != Kind::digest && auth.kind != Kind::aws_sigv4) return std::nullopt;
  options.set(CURLOPT_USERNAME, auth.user);
  options.set(CURLOPT_PASSWORD, auth.password);
  if (auth.kind == Kind::digest) {
    options.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_DIGEST));
  } else {
    options.set(CURLOPT_AWS_SIGV4, "aws:amz:" + auth.region + ":" + auth.service);
    options.set(CURLOPT_URL, with_sorted_query(target.url));  // libcurl signs it as it stands there
    options.set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
  }
  return std::nullopt;
}

std::optional<Error> set_certificate(const Options& options, const HttpRequestOptions& extras) {
  for (const auto& file : {extras.tls_cert, extras.tls_key}) {
    if (!file) continue;
    if (std::optional<Error> error = check_readable(*file)) return error;
  }
  options.set(CURLOPT_SSLCERT, extras.tls_cert);
  options.set(CURLOPT_SSLKEY, extras.tls_key);
  return std::nullopt;
}

}  // namespace

bool has_extras(const HttpRequest& request) {
  if (!request.options) return false;
  const HttpRequestOptions& extras = *request.options;
  const bool auth = extras.auth.kind == Kind::digest || extras.auth.kind == Kind::aws_sigv4 || extras.auth.kind == Kind::netrc;
  return auth || extras.tls_cert || extras.tls_pin || extras.proxy || !extras.multipart.empty() ||
         extras.cookies != HttpOptions::Cookies::none;
}

std::optional<Error> set_extras(const CurlApi& api, CURL* easy, const HttpRequest& request, const HttpHop& hop,
                                HttpMultipart& multipart) {
  const HttpRequestOptions& extras = *request.options;
  const Options options(api, easy);
  if (extras.proxy) {
    if (extras.deny_private && is_private_host(hop.target.host)) return Error{private_refused(hop.target.host, "")};
    options.set(CURLOPT_PROXY, extras.proxy);
    options.set(CURLOPT_NOPROXY, std::string());  // none from the environment
    options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  }
  options.set(CURLOPT_PINNEDPUBLICKEY, extras.tls_pin);
  if (hop.with_headers) {
    if (std::optional<Error> error = set_auth(options, extras.auth, hop.target)) return error;
    if (std::optional<Error> error = set_certificate(options, extras)) return error;
  }
  if (hop.with_body && !extras.multipart.empty()) {
    if (std::optional<Error> error = multipart.build(easy, extras.multipart)) return error;
    api.easy_setopt(easy, CURLOPT_MIMEPOST, multipart.form());
  }
  return std::nullopt;
}

}  // namespace corun
