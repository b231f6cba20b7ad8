// The checks of method, headers and body. Knows nothing of URLs or connections.
#include "io/http_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "io/http_words.h"

namespace corun {
namespace {

// Headers that say where the message ends, which is for corun to say.
constexpr std::array<std::string_view, 2> kFraming = {"Content-Length", "Transfer-Encoding"};

bool has_line_break(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// Visible ASCII, not empty: what credentials and keys that travel in a header are made of.
bool is_visible(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

using Problem = std::optional<std::string>;

Problem problem_with(const HttpCredentials& auth) {
  switch (auth.kind) {
    case HttpAuth::Kind::none: return std::nullopt;
    case HttpAuth::Kind::basic:
    case HttpAuth::Kind::digest:
      if (has_control(auth.user) || has_control(auth.password)) return "user name or password has a control character";
      if (auth.user.find(':') != std::string::npos) return "a user name can't hold a `:`";
      return std::nullopt;
    case HttpAuth::Kind::bearer:
      if (!is_visible(auth.password)) return "the token is empty, or has a space, a control or a non-ASCII character";
      return std::nullopt;
    case HttpAuth::Kind::aws_sigv4:
      if (!is_token(auth.region) || !is_token(auth.service)) return "region and service of aws_sigv4 must be names";
      if (!is_visible(auth.user) || !is_visible(auth.password) ||
          (!auth.session_token.empty() && !is_visible(auth.session_token)))
        return "a key of aws_sigv4 is empty, or has a space, a control or a non-ASCII character";
      return std::nullopt;
    case HttpAuth::Kind::netrc:
      if (has_control(auth.netrc_file)) return "the path of netrc has a control character";
      return std::nullopt;
  }
  return std::nullopt;
}

Problem problem_with_proxy(const std::string& proxy) {
  constexpr std::array<std::string_view, 3> kBeginnings = {"http://", "https://", "socks5h://"};
  const auto* beginning = std::ranges::find_if(kBeginnings, [&](std::string_view each) { return proxy.starts_with(each); });
  if (beginning == kBeginnings.end()) return "a proxy's URL starts with http://, https:// or socks5h://";
  if (!is_visible(proxy)) return "the proxy's URL has a space, a control or a non-ASCII character";
  const std::string_view rest = std::string_view(proxy).substr(beginning->size());
  const std::string_view host = rest.substr(rest.rfind('@') + 1);
  if (host.empty() || host.front() == ':' || host.front() == '/') return "the proxy's URL has no host";
  return std::nullopt;
}

Problem problem_with_parts(const std::vector<HttpPartData>& parts) {
  for (const HttpPartData& part : parts) {
    if (has_control(part.name) || has_control(part.filename.value_or("")) || has_control(part.content_type))
      return "name, file name or content type of part " + json_string(part.name) + " has a control character";
    if (part.is_file && (part.value.empty() || part.value.find('\0') != std::string::npos))
      return "the path of part " + json_string(part.name) + " is empty or has a NUL byte";
  }
  return std::nullopt;
}

Problem problem_with(const HttpRequestOptions& options, const HttpRequest& request) {
  if (Problem problem = problem_with(options.auth)) return problem;
  if (options.auth.kind == HttpAuth::Kind::aws_sigv4 && options.auth.service != "s3" && request.has_body() && !request.body)
    return "aws_sigv4 signs the body, which must be in memory: json, form or body (but for the service s3)";
  for (const auto& path : {options.tls_cert, options.tls_key}) {
    if (path && (path->empty() || has_control(*path)))
      return "the path of a certificate or key is empty or has a control character";
  }
  if (options.tls_pin && (!options.tls_pin->starts_with("sha256//") || !is_visible(*options.tls_pin)))
    return "a pin is `sha256//` and the hash of the public key, in Base64";
  if (options.idempotency_key && !is_visible(*options.idempotency_key))
    return "the idempotency key is empty, or has a space, a control or a non-ASCII character";
  if (options.proxy) {
    if (Problem problem = problem_with_proxy(*options.proxy)) return problem;
  }
  return problem_with_parts(options.multipart);
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

std::optional<std::string> problem_with(const HttpRequest& request) {
  if (!is_token(request.method)) return "invalid method " + json_string(request.method);
  if (request.method == "CONNECT") return "the method CONNECT is for proxies";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return "invalid header name " + json_string(name);
    if (has_line_break(value)) return "the value of header " + name + " has a line break or a NUL byte";
    for (const std::string_view framing : kFraming) {
      if (equal_ignoring_case(name, framing)) return "the header " + name + " can't be set: it follows from the body";
    }
  }
  if (has_line_break(request.content_type)) return "the content type has a line break or a NUL byte";
  if (request.method == "HEAD" && request.has_body()) return "a HEAD request can't have a body";
  const int bodies = static_cast<int>(request.body.has_value()) + static_cast<int>(!request.body_file.empty()) +
                     static_cast<int>(request.is_multipart());
  if (bodies > 1) return "a request can't have more than one of body, body file and multipart";
  return request.options ? problem_with(*request.options, request) : std::nullopt;
}

std::optional<std::string> problem_with_protocol(const HttpRequest& request, Protocol protocol) {
  if (is_web(protocol)) return std::nullopt;
  const std::string name = to_string(protocol);
  const HttpRequestOptions& options = *request.options;  // they list the protocol
  if (options.auth.kind != HttpAuth::Kind::none && options.auth.kind != HttpAuth::Kind::basic)
    return name + " has no other `auth` than `basic`";
  if (has_line_break(options.ssh.user)) return "the user name has a line break or a NUL byte";
  if (options.proxy) return name + " can't go through a proxy";
  if (!request.query.empty()) return "a URL of " + name + " has no query";
  if (!request.body_file.empty() || request.is_multipart()) return name + " can't send files";
  if (protocol == Protocol::mqtt) {
    if (options.save && options.save->resume) return "messages of mqtt can't be resumed";
    if (request.method == "POST" && request.body) return std::nullopt;
    if (request.method == "GET" && !request.body) return std::nullopt;
    return "mqtt has GET, which subscribes, and POST with a body, which publishes";
  }
  if (request.method != "GET" || request.body) return name + " only fetches files: method GET, without a body";
  return std::nullopt;
}

}  // namespace corun
